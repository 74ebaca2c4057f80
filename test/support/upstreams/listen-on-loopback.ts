/**
 * Loaded before a server program that listens on a fixed port of all interfaces: lets it listen on any free port of
 * 127.0.0.1, tells the parent process which, and ends it with the parent.
 */
import { type AddressInfo, Server } from 'node:net';

const listen = Server.prototype.listen;

Server.prototype.listen = function listenOnLoopback(this: Server, ...args: unknown[]) {
  const onListening = args.at(-1);
  return listen.call(this, { host: '127.0.0.1', port: 0 }, () => {
    process.send?.(portOf(this.address()));
    if (typeof onListening === 'function') onListening();
  });
};

process.on('disconnect', () => process.exit());

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  return address.port;
}
