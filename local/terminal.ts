import { styleText } from 'node:util';
import type { AwsCall, FunctionLogLine, Invocation, Observer, QueueBatch, ScheduleFired } from './observe.ts';

type Write = (line: string) => void;
type Style = Parameters<typeof styleText>[0];

/** What functions do, for a person who looks on. */
export function createTerminalObserver(write: Write): Observer {
  const label = createLabels();
  return {
    logLine: ({ functionName, stream, line }: FunctionLogLine) => {
      write(`${label(functionName)} ${stream === 'stderr' ? paint('red', line) : describeLogLine(line)}`);
    },
    invocation: ({ functionName, outcome, durationMs, coldStart }: Invocation) => {
      const took = `${durationMs.toFixed(0)} ms${coldStart ? ', cold start' : ''}`;
      write(`${label(functionName)} ${paint(outcome === 'ok' ? 'green' : 'red', outcome)} ${paint('dim', took)}`);
    },
    batch: ({ functionName, queueName, messages, failed }: QueueBatch) => {
      if (failed === 0) return;
      write(`${label(functionName)} ${paint('yellow', `${failed} of ${messages} messages stay in ${queueName}`)}`);
    },
    schedule: ({ functionArn, scheduleName, manual }: ScheduleFired) => {
      const functionName = functionArn.slice(functionArn.lastIndexOf(':') + 1);
      write(`${label(functionName)} ${paint('dim', `${scheduleName} fires${manual ? ', as asked' : ''}`)}`);
    },
    awsCall: ({ functionName, service, operation, errorType }: AwsCall) => {
      // A function's own errors say more; of AWS only refusals are news.
      if (errorType?.startsWith('AccessDenied')) {
        write(`${label(functionName)} ${paint('yellow', `${errorType}: ${service} ${operation}`)}`);
      }
    },
  };
}

/** The same as JSON lines, for programs. Request bodies stay out: they may hold what nobody should log. */
export function createJsonObserver(write: Write): Observer {
  return {
    logLine: ({ line, ...from }) => write(JSON.stringify({ type: 'log', ...from, ...structured(line) })),
    invocation: (invocation) => write(JSON.stringify({ type: 'invocation', ...invocation })),
    batch: (batch) => write(JSON.stringify({ type: 'batch', ...batch })),
    schedule: (fired) => write(JSON.stringify({ type: 'schedule', ...fired })),
    awsCall: ({ requestBody: _, ...call }) => write(JSON.stringify({ type: 'aws-call', ...call })),
  };
}

/** A line that is JSON itself stays JSON, so that it can be queried. */
function structured(line: string): Readonly<Record<string, unknown>> {
  const entry = parseObject(line);
  return Object.keys(entry).length > 0 ? { entry } : { line };
}

const LABEL_STYLES: readonly Style[] = ['cyan', 'magenta', 'blue', 'yellow', 'green'];

/** A function's name without the parts that CloudFormation added, in a colour of its own. */
function createLabels(): (functionName: string) => string {
  const styles = new Map<string, Style>();
  return (functionName) => {
    const style = styles.get(functionName) ?? LABEL_STYLES[styles.size % LABEL_STYLES.length] ?? 'cyan';
    styles.set(functionName, style);
    return paint(style, shortName(functionName).padEnd(10));
  };
}

function shortName(functionName: string): string {
  const [, name = functionName] = /^NexusHub-[a-z]+-([A-Z][a-z]+)/.exec(functionName) ?? [];
  return name.toLowerCase();
}

/** A structured line shows its level and message first; any other line is shown as it is. */
function describeLogLine(line: string): string {
  const { level, message, ...rest } = parseObject(line);
  if (typeof level !== 'string' || typeof message !== 'string') return line;
  const details = Object.entries(rest).filter(([name]) => !HIDDEN_FIELDS.has(name));
  const style = level === 'ERROR' ? 'red' : level === 'WARN' ? 'yellow' : 'dim';
  const tail = details.length === 0 ? '' : ` ${paint('dim', JSON.stringify(Object.fromEntries(details)))}`;
  return `${paint(style, level)} ${message}${tail}`;
}

/** The same on every line. */
const HIDDEN_FIELDS = new Set([
  'cold_start',
  'function_arn',
  'function_memory_size',
  'function_name',
  'function_request_id',
  'sampling_rate',
  'service',
  'timestamp',
  'xray_trace_id',
]);

function parseObject(line: string): Readonly<Record<string, unknown>> {
  if (!line.startsWith('{')) return {};
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function paint(style: Style, text: string): string {
  return styleText(style, text);
}
