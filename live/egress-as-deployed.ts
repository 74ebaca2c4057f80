import { createEgress, type Egress } from '../lambdas/adapters/egress/egress.ts';

/** The guard with the rules of a deployed stage: public names, by https, on its port. */
export function createEgressAsDeployed(): Egress {
  return createEgress({ allowLoopback: false, ports: [443], ownOrigins: [] });
}
