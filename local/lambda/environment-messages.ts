/** Lambda's shape of an error that a function threw. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

export type ToEnvironment =
  | {
      readonly type: 'invoke';
      readonly requestId: string;
      readonly functionArn: string;
      /** JSON text, as the Lambda API takes it. */
      readonly event: string;
      readonly deadlineAt: number;
    }
  /** The last chunk has been taken; the next may be sent. */
  | { readonly type: 'written' }
  /** Nobody reads the response any more. */
  | { readonly type: 'consumer-gone' };

export type FromEnvironment =
  | { readonly type: 'ready' }
  | { readonly type: 'init-failed'; readonly error: FunctionError }
  | { readonly type: 'chunk'; readonly bytes: Uint8Array }
  | { readonly type: 'done' }
  | { readonly type: 'failed'; readonly error: FunctionError };

interface Channel {
  on(event: 'message', listener: (message: unknown) => void): unknown;
}

/** Both ends of the channel are this project's own processes: the one place where its messages get their type. */
export function onMessage<Message extends ToEnvironment | FromEnvironment>(
  channel: Channel,
  listener: (message: Message) => void,
): void {
  channel.on('message', (message) => listener(message as Message));
}
