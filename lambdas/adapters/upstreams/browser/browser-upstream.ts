import { HubError } from '../../../hub/hub-error.ts';
import type { JsonObject } from '../../../hub/json.ts';
import type { Flow } from '../../../hub/system/playwright/flow.ts';
import { type BrowserTool, BROWSER_TOOLS } from '../../../hub/system/playwright/tools.ts';
import { ToolInputError } from '../../../hub/system/rest-tool.ts';
import type { ToolCall, Upstream, UpstreamContext, UpstreamTarget } from '../../../hub/upstreams/upstream.ts';
import type { Egress } from '../../egress/egress.ts';
import { EgressError } from '../../egress/egress-error.ts';
import { statusFailure, transportFailure } from '../http-failure.ts';
import { secretValues } from '../request-scope.ts';
import { toolsOnly } from '../tools-only.ts';
import { CALL_LIMITS, type CallLimits } from './call-limits.ts';
import { endpointOf } from './endpoint.ts';
import { presentAction, presentRun } from './present-report.ts';
import { RefusedUpgradeError } from './relay.ts';
import { withSession } from './with-session.ts';
import { runFlow } from './run-flow.ts';

export interface BrowserUpstreamDeps {
  readonly egress: Egress;
  readonly now: () => number;
  /** Whether callers may have scripts of their own run in pages. */
  readonly allowEvaluate?: boolean;
  readonly limits?: Partial<CallLimits>;
}

const TOOLS: ReadonlyMap<string, BrowserTool> = new Map(BROWSER_TOOLS.map((tool) => [tool.definition.name, tool]));

/** Does what a call asks for in a browser that runs elsewhere, in a context that begins and ends with the call. */
export function createBrowserUpstream({ egress, now, allowEvaluate = false, limits }: BrowserUpstreamDeps): Upstream {
  const deps = { egress, now, limits: { ...CALL_LIMITS, ...limits } };
  return toolsOnly(async (target, call, context) => {
    const tool = TOOLS.get(call.name);
    if (tool === undefined) throw new HubError('tool_not_found', 'the server has no tool of this name');
    try {
      const flow = acceptedFlow(tool, call, egress, allowEvaluate);
      return { kind: 'complete', result: await resultOf(deps, { target, context, tool, flow }) };
    } catch (error) {
      if (error instanceof ToolInputError) return { kind: 'complete', result: inputError(error), nothingSent: true };
      throw error;
    }
  });
}

function acceptedFlow(tool: BrowserTool, call: ToolCall, egress: Egress, allowEvaluate: boolean): Flow {
  const flow = tool.flow(call.arguments);
  if (!allowEvaluate && flow.steps.some(({ action }) => action === 'evaluate')) {
    throw new ToolInputError('"evaluate" is not allowed here; an administrator of the hub can allow it');
  }
  assertOpenable(flow.url, egress);
  for (const step of flow.steps) if (step.action === 'navigate') assertOpenable(step.url, egress);
  return flow;
}

/** By its text alone, so that the caller may be told why; what it leads to is checked when it is opened. */
function assertOpenable(url: string, egress: Egress): void {
  try {
    egress.parse(url.split('#', 1)[0] ?? url);
  } catch (error) {
    if (error instanceof EgressError) throw new ToolInputError(`the address cannot be opened: ${error.message}`);
    throw error;
  }
}

interface Use {
  readonly target: UpstreamTarget;
  readonly context: UpstreamContext;
  readonly tool: BrowserTool;
  readonly flow: Flow;
}

type Deps = Required<Pick<BrowserUpstreamDeps, 'egress' | 'now'>> & { readonly limits: CallLimits };

async function resultOf(deps: Deps, { target, context, tool, flow }: Use): Promise<JsonObject> {
  const { deadline } = context;
  let begun = false;
  try {
    const endpoint = endpointOf(target, deps.egress);
    const report = await withSession(deps, { endpoint, target, deadline, viewport: flow.viewport }, (session) => {
      begun = true;
      return runFlow(session, flow);
    });
    const present = tool.definition.name === 'run' ? presentRun : presentAction;
    return present(report, secretValues(target));
  } catch (error) {
    const request = { deadline, now: deps.now(), mayTakeEffect: begun && tool.mayTakeEffect };
    if (error instanceof RefusedUpgradeError && !deadline.signal.aborted) throw statusFailure(error, request);
    throw transportFailure(error, request);
  }
}

function inputError({ message }: ToolInputError): JsonObject {
  return { content: [{ type: 'text', text: message }], isError: true };
}
