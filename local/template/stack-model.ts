/** What the local runtime understands of a synthesized stack: plain data, every intrinsic resolved. */
export interface StackModel {
  readonly stackName: string;
  readonly region: string;
  readonly accountId: string;
  readonly tables: readonly TableModel[];
  readonly keys: readonly KeyModel[];
  readonly functions: readonly FunctionModel[];
  readonly queues: readonly QueueModel[];
  readonly buckets: readonly BucketModel[];
  readonly queueTriggers: readonly QueueTriggerModel[];
  readonly schedules: readonly ScheduleModel[];
  readonly api: ApiModel;
  readonly outputs: Readonly<Record<string, string>>;
}

export interface TableModel {
  readonly logicalId: string;
  readonly tableName: string;
  readonly arn: string;
  /** Input of DynamoDB's CreateTable, in API shape. */
  readonly createTable: Readonly<Record<string, unknown>>;
  readonly ttlAttribute: string | undefined;
  /** Customer managed key that encrypts the table; callers need grants on it, as on AWS. */
  readonly encryptionKeyArn: string | undefined;
}

export interface KeyModel {
  readonly logicalId: string;
  readonly keyId: string;
  readonly arn: string;
  readonly policy: PolicyDocument;
}

export interface FunctionModel {
  readonly logicalId: string;
  readonly functionName: string;
  readonly arn: string;
  /** `file.export` as in the template. */
  readonly handler: string;
  /** Directory of the deployed bundle inside the cloud assembly. */
  readonly codeDirectory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly reservedConcurrency: number | undefined;
  readonly logGroupName: string;
  readonly role: RoleModel;
  /** Service principals and source ARNs that may invoke it (AWS::Lambda::Permission). */
  readonly permissions: readonly { readonly principal: string; readonly sourceArn: string | undefined }[];
  readonly asynchronous: AsynchronousModel;
}

/** What becomes of an invocation that nobody waits for (AWS::Lambda::EventInvokeConfig). */
export interface AsynchronousModel {
  readonly maximumRetryAttempts: number;
  readonly maximumEventAgeSeconds: number;
  /** Queue that gets a record of an event that is given up. */
  readonly onFailureQueueArn: string | undefined;
}

/** A standard queue. */
export interface QueueModel {
  readonly logicalId: string;
  readonly queueName: string;
  readonly arn: string;
  /** As AWS would have it; where the queue is on this machine, only the running endpoint knows. */
  readonly url: string;
  readonly visibilityTimeoutSeconds: number;
  readonly retentionSeconds: number;
  readonly receiveWaitSeconds: number;
  readonly delaySeconds: number;
  readonly maximumMessageBytes: number;
  readonly redrive: { readonly deadLetterQueueArn: string; readonly maxReceiveCount: number } | undefined;
  /** Customer managed key that encrypts the messages; callers need grants on it, as on AWS. */
  readonly encryptionKeyArn: string | undefined;
  readonly policies: readonly PolicyDocument[];
}

export interface BucketModel {
  readonly logicalId: string;
  readonly bucketName: string;
  readonly arn: string;
  readonly encryptionKeyArn: string | undefined;
  /** Whether one data key serves many objects: it is then bound to the bucket and not to the object. */
  readonly bucketKey: boolean;
  readonly expirations: readonly { readonly prefix: string; readonly days: number }[];
  readonly policies: readonly PolicyDocument[];
}

/** A queue whose messages invoke a function (AWS::Lambda::EventSourceMapping). */
export interface QueueTriggerModel {
  readonly logicalId: string;
  readonly queueArn: string;
  readonly functionArn: string;
  readonly enabled: boolean;
  readonly batchSize: number;
  readonly batchingWindowSeconds: number;
  readonly reportsItemFailures: boolean;
  readonly maximumConcurrency: number | undefined;
}

export interface ScheduleModel {
  readonly logicalId: string;
  readonly scheduleName: string;
  readonly arn: string;
  /** `rate(5 minutes)`, `cron(0 2 * * ? *)`; in UTC. */
  readonly expression: string;
  readonly enabled: boolean;
  readonly functionArn: string;
  /** Text with `<aws.scheduler.*>` attributes in it; absent: Scheduler's own event. */
  readonly input: string | undefined;
  readonly role: RoleModel;
  /** How long Scheduler goes on with an event that Lambda does not take. */
  readonly retry: { readonly maximumAttempts: number; readonly maximumEventAgeSeconds: number };
  /** Gets the events that it gave up. */
  readonly deadLetterQueueArn: string | undefined;
}

export interface RoleModel {
  readonly logicalId: string;
  readonly arn: string;
  /** Inline and attached policies of the template. AWS managed policies are expanded by the reader. */
  readonly policies: readonly PolicyDocument[];
}

export interface PolicyDocument {
  readonly Version?: string;
  readonly Statement: readonly PolicyStatement[];
}

export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: unknown;
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Condition?: Readonly<
    Record<string, Readonly<Record<string, string | boolean | number | readonly string[]>>>
  >;
}

export interface ApiModel {
  readonly apiId: string;
  readonly stageName: string;
  readonly routes: readonly RouteModel[];
  readonly gatewayResponses: readonly GatewayResponseModel[];
  readonly binaryMediaTypes: readonly string[];
  /** Absent where the stage sets none: the account's own is far beyond one machine. */
  readonly throttle: ThrottleModel | undefined;
}

export interface ThrottleModel {
  /** Requests per second, sustained. */
  readonly rate: number;
  /** Requests at once. */
  readonly burst: number;
}

export interface RouteModel {
  readonly httpMethod: string;
  /** `/v1/servers/{slug}`; `{proxy+}` is greedy. */
  readonly path: string;
  readonly authorizer: AuthorizerModel | undefined;
  readonly integration: LambdaIntegrationModel | MockIntegrationModel;
}

export interface AuthorizerModel {
  readonly logicalId: string;
  readonly functionArn: string;
  /** `method.request.header.Authorization`; a request that lacks one is answered 401 without asking the function. */
  readonly identitySources: readonly string[];
  readonly resultTtlSeconds: number;
}

export interface LambdaIntegrationModel {
  readonly type: 'lambda';
  readonly functionArn: string;
  readonly responseTransferMode: 'BUFFERED' | 'STREAM';
  readonly timeoutMs: number;
}

export interface MockIntegrationModel {
  readonly type: 'mock';
  readonly statusCode: number;
  /** Header names and literal values of the method's integration response. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface GatewayResponseModel {
  /** `UNAUTHORIZED`, `ACCESS_DENIED`, `DEFAULT_4XX`, ... */
  readonly responseType: string;
  readonly statusCode: number | undefined;
  /** Header names and literal values. */
  readonly headers: Readonly<Record<string, string>>;
  /** Content type to body mapping template with `$context.*` variables. */
  readonly templates: Readonly<Record<string, string>>;
}
