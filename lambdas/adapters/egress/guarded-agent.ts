import { Agent, type ClientRequestArgs } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Destination } from './checked-socket.ts';

/** What a request must say beside the usual options to get a socket from a {@link GuardedAgent}. */
export interface GuardedRequestOptions extends ClientRequestArgs {
  readonly host: string;
  readonly port: number;
  /** Requests of different partitions never share a socket. */
  readonly partition: string;
  /** Ends a connection that is still being opened. */
  readonly connectSignal: AbortSignal;
}

interface GuardedAgentDeps {
  readonly secure: boolean;
  readonly openSocket: (to: Destination) => Promise<Socket>;
  readonly now: () => number;
}

/** A frozen execution environment cannot see that its peer hung up, and most servers do so after 5 s. */
const MAX_IDLE_MS = 4000;
const MAX_IDLE_SOCKETS = 64;

/** Pools checked sockets. Node's own agents would open them, and share them between tenants. */
export class GuardedAgent extends Agent {
  readonly #deps: GuardedAgentDeps;
  readonly #idleSince = new WeakMap<Duplex, number>();

  constructor(deps: GuardedAgentDeps) {
    const scheme = deps.secure ? { protocol: 'https:', defaultPort: 443 } : { protocol: 'http:', defaultPort: 80 };
    super({ ...scheme, keepAlive: true, maxFreeSockets: MAX_IDLE_SOCKETS });
    this.#deps = deps;
  }

  /** Wall-clock time, because timers stand still while the environment is frozen. */
  destroyStaleSockets(): void {
    const oldest = this.#deps.now() - MAX_IDLE_MS;
    for (const sockets of Object.values(this.freeSockets)) {
      for (const socket of sockets ?? []) {
        if ((this.#idleSince.get(socket) ?? 0) < oldest) socket.destroy();
      }
    }
  }

  override getName(options: GuardedRequestOptions): string {
    return JSON.stringify([options.partition, super.getName(options)]);
  }

  override createConnection(
    { host, port, connectSignal }: GuardedRequestOptions,
    done: (error: Error | null, socket?: Duplex) => void,
  ): undefined {
    const opening = this.#deps.openSocket({ secure: this.#deps.secure, host, port, signal: connectSignal });
    opening.then((socket) => done(null, socket), done);
  }

  override keepSocketAlive(socket: Duplex): void {
    this.#idleSince.set(socket, this.#deps.now());
    // The type is wrong: the agent destroys the socket unless this is true.
    return super.keepSocketAlive(socket);
  }
}
