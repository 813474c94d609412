import time, pytest
from tests.bot.test_e2e import *
async def test_lat(bot, server, admin):
    for user in (server.user(), admin):
        for command in COMMANDS:
            t=time.monotonic(); await user.asks(f"/{command}", timeout=20); print(user.name, command, round(time.monotonic()-t,3))
    for i in range(5):
        t=time.monotonic(); await admin.asks(QUESTION, timeout=20); print(round(time.monotonic()-t,3))
