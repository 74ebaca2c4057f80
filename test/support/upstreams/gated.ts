import * as z from 'zod';
import { RAW_TOOL, replyWith, speakRaw } from './raw-mcp.ts';
import { startRecordingServer } from './recording-server.ts';

const callSchema = z.object({ params: z.object({ arguments: z.object({ marker: z.string() }) }) });

/** A server whose calls take effect when they arrive, and are answered while its gate is open. */
export async function startGated() {
  /** Markers of the calls, in the order of their arrival. */
  const effects: string[] = [];
  let gate = Promise.withResolvers<void>();

  const server = await startRecordingServer((http, response, body) =>
    speakRaw(http, response, body, {
      'tools/call': async (answer, request) => {
        const { marker } = callSchema.parse(request.body).params.arguments;
        effects.push(marker);
        await gate.promise;
        replyWith({ resultType: 'complete', content: [{ type: 'text', text: marker }] })(answer, request);
      },
    }),
  );

  return {
    url: `${server.origin}/mcp`,
    tool: RAW_TOOL.name,
    effects,
    open: () => gate.resolve(),
    shut: () => void (gate = Promise.withResolvers<void>()),
    async close() {
      gate.resolve();
      await server.close();
    },
  };
}
