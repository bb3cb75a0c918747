"""A network that can be cut: a TCP proxy on loopback between a member and the broker, whose listener for that member is advertised
at the proxy's address, so that no client finds a way around it."""

import asyncio
import threading

# What a slow link does to every piece that passes: bytes at a time, and the wait before each.
PIECE, LAG = 32768, 0.1


class Proxy:
    """Passes everything on, until it is told to behave like one of WAYS."""

    # refused: connections are reset, and new ones refused, as by a host that is up and runs no broker.
    # black hole: nothing arrives on either side, and nobody is told; afterwards all of it arrives, as TCP sends it again.
    # half-open: what the member sends arrives and the answers do not; afterwards the connections are reset. So commits take
    #   place of which the member never hears.
    # slow: a third of a megabyte a second, a tenth of a second late.
    WAYS = ("refused", "black hole", "half-open", "slow")

    def __init__(self, listen, target):
        self.listen, self.target = listen, target
        self.way = None
        self.connections = set()
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self._do(self._open())

    def cut(self, way):
        self._do(self._cut(way))

    def mend(self):
        self._do(self._mend())

    def close(self):
        self._do(self._cut("refused"))
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()

    def _do(self, what):
        asyncio.run_coroutine_threadsafe(what, self.loop).result(30)

    async def _open(self):
        self.flowing = asyncio.Event()
        self.flowing.set()
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", self.listen)

    async def _cut(self, way):
        self.way = way
        if way == "refused":
            self.server.close()
            self._reset()
        if way == "black hole":
            self.flowing.clear()

    async def _mend(self):
        if self.way == "refused":
            self.server = await asyncio.start_server(self._serve, "127.0.0.1", self.listen)
        if self.way == "half-open":
            self._reset()
        self.way = None
        self.flowing.set()

    def _reset(self):
        for writer in self.connections:
            writer.transport.abort()
        self.connections.clear()

    async def _serve(self, member_out, member_in):
        """One connection of the member; named as the proxy sees them, what comes out of it and what goes in."""
        # Of a connection that is made into a black hole nothing is heard either.
        await self.flowing.wait()
        try:
            broker_out, broker_in = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            member_in.transport.abort()
            return
        both = {member_in, broker_in}
        self.connections |= both
        await asyncio.gather(self._pass_on(member_out, broker_in, False), self._pass_on(broker_out, member_in, True))
        self.connections -= both

    async def _pass_on(self, source, sink, is_answer):
        try:
            while piece := await source.read(PIECE):
                await self.flowing.wait()
                if self.way == "half-open" and is_answer:
                    continue
                if self.way == "slow":
                    await asyncio.sleep(LAG)
                sink.write(piece)
                await sink.drain()
        except OSError:
            pass
        finally:
            sink.close()
