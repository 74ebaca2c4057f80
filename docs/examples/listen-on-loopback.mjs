// Preloaded with `node --import`, it keeps a server program that listens on every interface on 127.0.0.1.
import { Server } from 'node:net';

const listen = Server.prototype.listen;

Server.prototype.listen = function listenOnLoopback(port, ...rest) {
  return listen.call(this, Number(port), '127.0.0.1', ...rest);
};
