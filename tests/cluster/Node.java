// Starts one OpenSearch node on loopback and keeps it running until the process is told to stop.
// Several processes with the same SEEDS and consecutive numbers make one cluster; a node is killed by killing its process.

import static org.codelibs.opensearch.runner.OpenSearchRunner.newConfigs;

import java.util.Arrays;
import java.util.List;
import org.codelibs.opensearch.runner.OpenSearchRunner;

class Node {
    /** Arguments: directory, HTTP port, number of this node (from 1), how many nodes the cluster has. */
    public static void main(String[] given) throws Exception {
        String directory = given[0];
        int http = Integer.parseInt(given[1]);
        int number = Integer.parseInt(given[2]);
        int nodes = Integer.parseInt(given[3]);
        List<String> seeds = new java.util.ArrayList<>();
        List<String> names = new java.util.ArrayList<>();
        for (int one = 1; one <= nodes; one++) {
            seeds.add("127.0.0.1:" + (http + 100 + one));
            names.add("node" + one);
        }
        OpenSearchRunner runner = new OpenSearchRunner();
        runner.onBuild((ignored, settings) -> {
            settings.put("node.name", "node" + number);
            settings.put("network.host", "127.0.0.1");
            settings.put("http.port", http + number - 1);
            settings.put("transport.port", http + 100 + number);
            settings.putList("discovery.seed_hosts", seeds);
            settings.putList("cluster.initial_cluster_manager_nodes", names);
            settings.put("cluster.routing.allocation.disk.threshold_enabled", false);
            settings.put("action.destructive_requires_name", false);
        }).build(newConfigs().basePath(directory).clusterName("wenbao-tests-" + http).numOfNode(1).disableESLogger());
        System.out.println("started");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                runner.close();
            } catch (Exception error) {
                System.err.println(error);
            }
        }));
        Thread.currentThread().join();
    }
}
