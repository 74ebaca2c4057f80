import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import {
  DecryptCommand,
  type DecryptCommandOutput,
  type GenerateDataKeyCommand,
  type GenerateDataKeyCommandOutput,
  IncorrectKeyException,
  InvalidCiphertextException,
} from '@aws-sdk/client-kms';

type Command = GenerateDataKeyCommand | DecryptCommand;

export interface InMemoryKms {
  send(command: GenerateDataKeyCommand): Promise<GenerateDataKeyCommandOutput>;
  send(command: DecryptCommand): Promise<DecryptCommandOutput>;
  /** Every command that was sent, oldest first. */
  readonly commands: readonly Command[];
  /** The plaintext data keys that were given out: the very objects, to see what becomes of them. */
  readonly dataKeys: readonly Uint8Array[];
}

interface WrappedKey {
  readonly dataKey: Uint8Array;
  readonly keyId: string | undefined;
  readonly context: Record<string, string> | undefined;
}

const METADATA = { $metadata: {} };

/** KMS as far as a vault uses it; encrypted data keys are tickets. The secret box's contract says where it equals KMS. */
export function createInMemoryKms(): InMemoryKms {
  const wrapped = new Map<string, WrappedKey>();
  const commands: Command[] = [];
  const dataKeys: Uint8Array[] = [];

  const giveOut = (dataKey: Uint8Array) => {
    const copy = Uint8Array.from(dataKey);
    dataKeys.push(copy);
    return copy;
  };

  const generate = ({ input }: GenerateDataKeyCommand): GenerateDataKeyCommandOutput => {
    const [dataKey, ticket] = [randomBytes(32), randomBytes(184)];
    wrapped.set(ticket.toString('hex'), { dataKey, keyId: input.KeyId, context: input.EncryptionContext });
    return { ...METADATA, Plaintext: giveOut(dataKey), CiphertextBlob: Uint8Array.from(ticket) };
  };

  const decrypt = ({ input }: DecryptCommand): DecryptCommandOutput => {
    const known = wrapped.get(Buffer.from(input.CiphertextBlob ?? []).toString('hex'));
    if (known !== undefined && known.keyId !== input.KeyId) {
      throw new IncorrectKeyException({ ...METADATA, message: 'another key' });
    }
    if (known === undefined || !isDeepStrictEqual(known.context, input.EncryptionContext)) {
      throw new InvalidCiphertextException({ ...METADATA, message: 'not of this key and context' });
    }
    return { ...METADATA, Plaintext: giveOut(known.dataKey) };
  };

  async function send(command: GenerateDataKeyCommand): Promise<GenerateDataKeyCommandOutput>;
  async function send(command: DecryptCommand): Promise<DecryptCommandOutput>;
  async function send(command: Command): Promise<GenerateDataKeyCommandOutput | DecryptCommandOutput> {
    commands.push(command);
    return command instanceof DecryptCommand ? decrypt(command) : generate(command);
  }
  return { send, commands, dataKeys };
}
