// Starts one node on loopback and keeps it running until the process is told to stop.
// Several processes with the same SEEDS and consecutive numbers make one cluster; a node is killed by killing its process.
// nodes.py puts the class that starts the server in the place of RUNNER.

import java.util.List;

class Node {
    /** Arguments: directory, HTTP port, number of this node (from 1), how many nodes there are, the setting for who begins. */
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
        RUNNER runner = new RUNNER();
        runner.onBuild((ignored, settings) -> {
            settings.put("node.name", "node" + number);
            settings.put("network.host", "127.0.0.1");
            settings.put("http.port", http + number - 1);
            settings.put("transport.port", http + 100 + number);
            settings.put("discovery.type", "zen");
            settings.putList("discovery.seed_hosts", seeds);
            settings.putList(given[4], names);
            settings.put("cluster.routing.allocation.disk.threshold_enabled", false);
            settings.put("action.destructive_requires_name", false);
        }).build(RUNNER.newConfigs().basePath(directory).clusterName("wenbao-tests-" + http).numOfNode(1).disableESLogger());
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
