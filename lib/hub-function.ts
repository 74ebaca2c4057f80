import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { ENV, type FunctionName, TIME_LIMITS } from '../lambdas/contract.ts';
import type { FunctionBundles } from './bundle-functions.ts';
import type { StageConfig } from './stage-config.ts';

export interface HubFunctionProps {
  readonly name: FunctionName;
  readonly description: string;
  readonly bundles: FunctionBundles;
  readonly config: StageConfig;
}

/** A Lambda function with the house defaults: it may write its own log and nothing else until something grants it more. */
export class HubFunction extends LambdaFunction {
  private readonly provided = new Map<string, string>();

  constructor(scope: Construct, id: string, { name, description, bundles, config }: HubFunctionProps) {
    const logGroup = new LogGroup(scope, `${id}Log`, {
      retention: config.logRetentionDays,
      removalPolicy: config.data.retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);

    super(scope, id, {
      description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(bundles[name]),
      handler: 'index.handler',
      timeout: Duration.seconds(TIME_LIMITS[name]),
      memorySize: config.memory[name],
      loggingFormat: LoggingFormat.JSON,
      logGroup,
      role,
    });
    this.provide({ [ENV.stage]: config.name, NODE_OPTIONS: '--enable-source-maps' });
    this.acknowledgeRules();
  }

  /** Adds environment variables; two parties that disagree about one is a mistake of wiring. */
  provide(environment: Readonly<Record<string, string>>): void {
    for (const [key, value] of Object.entries(environment)) {
      // An absent variable says the same to the function, and no service has an opinion about it.
      if (value === '') continue;
      const present = this.provided.get(key);
      if (present !== undefined && present !== value) throw new Error(`${this.node.path}: ${key} is set twice`);
      this.provided.set(key, value);
      this.addEnvironment(key, value);
    }
  }

  private acknowledgeRules(): void {
    const nothingToLose =
      'API Gateway, Cognito and the queue call functions synchronously; a schedule fires again, and its function goes on where it was.';
    Validations.of(this).acknowledge(
      { id: 'Serverless-LambdaAsyncFailureDestination', reason: nothingToLose },
      { id: 'Serverless-LambdaDLQ', reason: nothingToLose },
      {
        id: 'Serverless-LambdaTracing',
        reason: 'A tracer doubles the time to load; request ids join the logs instead.',
      },
    );
  }
}
