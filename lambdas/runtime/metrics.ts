import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

/** Metric name to how often it happened. */
export type Counts = Readonly<Record<string, number>>;

/**
 * Tells CloudWatch what a run did, in one line of the log (embedded metric format): no request, no permission. Nothing of a
 * tenant is a dimension, for each value of one is a metric that costs.
 */
export function createCountReport(stage: string): (counts: Counts) => void {
  const metrics = new Metrics({ namespace: 'NexusHub', serviceName: 'nexus-hub', defaultDimensions: { stage } });
  return (counts) => {
    for (const [name, count] of Object.entries(counts)) metrics.addMetric(name, MetricUnit.Count, count);
    metrics.publishStoredMetrics();
  };
}
