import { speakRaw } from './raw-mcp.ts';
import { startRecordingServer } from './recording-server.ts';

const server = await startRecordingServer((request, response, body) =>
  speakRaw(request, response, body, { 'tools/call': () => process.kill(process.pid, 'SIGKILL') }),
);
process.on('disconnect', () => process.exit());
process.send?.(server.origin);
