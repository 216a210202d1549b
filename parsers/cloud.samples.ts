// Events of cloud products as their vendors document them, written for tests.

export const CLOUDTRAIL = {
  eventVersion: '1.09',
  userIdentity: {
    type: 'AssumedRole',
    principalId: 'AROAEXAMPLE:anna',
    arn: 'arn:aws:sts::111122223333:assumed-role/admin/anna',
    accountId: '111122223333',
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        arn: 'arn:aws:iam::111122223333:role/admin',
        userName: 'admin',
      },
      attributes: { mfaAuthenticated: 'false' },
    },
  },
  eventTime: '2026-11-20T10:11:12Z',
  eventSource: 'ecs.amazonaws.com',
  eventName: 'RegisterTaskDefinition',
  awsRegion: 'eu-central-1',
  sourceIPAddress: '203.0.113.7',
  userAgent: 'S3 Browser 9.5.5',
  errorCode: 'AccessDenied',
  errorMessage: 'not authorised',
  requestParameters: {
    enable: false,
    attribute: 'userData',
    layers: ['arn:aws:lambda:1'],
    containerDefinitions: [
      { command: ['curl 169.254.170.2$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'] },
    ],
    versioning: { status: 'Suspended' },
  },
  responseElements: {
    ConsoleLogin: 'Failure',
    publiclyAccessible: true,
    pendingModifiedValues: { masterUserPassword: '****' },
  },
  additionalEventData: { MFAUsed: 'No' },
  eventID: 'e1',
  eventType: 'AwsApiCall',
  recipientAccountId: '111122223333',
}

export const OKTA = {
  actor: { id: '00u1', type: 'User', alternateId: 'anna@example.com', displayName: 'Anna' },
  client: { ipAddress: '203.0.113.7', userAgent: { rawUserAgent: 'Mozilla/5.0' }, zone: 'null' },
  securityContext: { isProxy: true, domain: 'example.com' },
  displayMessage: 'User login to Okta',
  eventType: 'user.session.start',
  legacyEventType: 'core.user_auth.login_failed',
  outcome: { result: 'FAILURE', reason: 'INVALID_CREDENTIALS' },
  published: '2026-11-20T10:11:12.345Z',
  severity: 'WARN',
  debugContext: {
    debugData: {
      requestUri: '/api/v1/authn',
      behaviors: '{New Device=POSITIVE}',
      logOnlySecurityData: '{"risk":{"level":"HIGH"}}',
    },
  },
  target: [
    { id: 'x', type: 'AppInstance', alternateId: 'app', displayName: 'Okta Administration' },
  ],
}

export const GCP_AUDIT = {
  insertId: 'a1',
  logName: 'projects/p/logs/cloudaudit.googleapis.com%2Factivity',
  protoPayload: {
    '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
    authenticationInfo: { principalEmail: 'anna@example.com' },
    authorizationInfo: [{ granted: true, permission: 'storage.buckets.delete', resource: 'b' }],
    methodName: 'storage.buckets.delete',
    requestMetadata: { callerIp: '203.0.113.7', callerSuppliedUserAgent: 'gcloud' },
    resourceName: 'projects/_/buckets/b',
    serviceName: 'storage.googleapis.com',
    status: { code: 7, message: 'PERMISSION_DENIED' },
  },
  resource: { type: 'gcs_bucket', labels: { project_id: 'p' } },
  severity: 'ERROR',
  timestamp: '2026-11-20T10:11:12.345678901Z',
}

export const GWORKSPACE_ADMIN = {
  kind: 'admin#reports#activity',
  id: { time: '2026-11-20T10:11:12.345Z', uniqueQualifier: '1', applicationName: 'admin' },
  actor: { callerType: 'USER', email: 'anna@example.com', profileId: '1' },
  ipAddress: '203.0.113.7',
  events: [
    {
      type: 'APPLICATION_SETTINGS',
      name: 'CHANGE_APPLICATION_SETTING',
      parameters: [
        { name: 'SETTING_NAME', value: 'ContextAwareAccessEnablementForUser' },
        { name: 'NEW_VALUE', value: 'false' },
      ],
    },
  ],
}

export const GWORKSPACE_LOGIN = {
  kind: 'admin#reports#activity',
  id: { time: '2026-11-20T10:11:12.345Z', uniqueQualifier: '2', applicationName: 'login' },
  actor: { email: 'anna@example.com' },
  ipAddress: '203.0.113.7',
  events: [{ type: 'login', name: 'login_failure' }],
}

export const AZURE_ACTIVITY = {
  time: '2026-11-20T10:11:12.3456789Z',
  resourceId: '/SUBSCRIPTIONS/S/RESOURCEGROUPS/G/PROVIDERS/MICROSOFT.KEYVAULT/VAULTS/V',
  operationName: 'MICROSOFT.KEYVAULT/VAULTS/DELETE',
  category: 'Administrative',
  resultType: 'Failure',
  resultSignature: 'Failed.Forbidden',
  callerIpAddress: '203.0.113.7:5151',
  correlationId: 'c1',
  identity: {
    authorization: { scope: '/subscriptions/s' },
    claims: { 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn': 'anna@example.com' },
  },
  level: 'Error',
  properties: { statusCode: 'Forbidden' },
}

export const AZURE_AUDIT = {
  time: '2026-11-20T10:11:12.3456789Z',
  resourceId: '/tenants/t/providers/Microsoft.aadiam',
  operationName: 'Add member to role',
  category: 'AuditLogs',
  resultSignature: 'None',
  callerIpAddress: '203.0.113.7',
  identity: 'Anna',
  properties: {
    activityDateTime: '2026-11-20T10:11:12.3456789+00:00',
    activityDisplayName: 'Add member to role',
    category: 'RoleManagement',
    result: 'failure',
    resultReason: 'denied by policy',
    loggedByService: 'Core Directory',
    initiatedBy: { user: { userPrincipalName: 'anna@example.com', ipAddress: '203.0.113.7' } },
    targetResources: [
      {
        type: 'ServicePrincipal',
        displayName: 'Global Administrator',
        userPrincipalName: 'ben@example.com',
        modifiedProperties: [
          { displayName: 'ConsentContext.IsAdminConsent', oldValue: null, newValue: '"False"' },
        ],
      },
    ],
    additionalDetails: [
      { key: 'AdditionalInfo', value: 'Successfully recovered local credential' },
    ],
  },
}

export const AZURE_RISK = {
  time: '2026-11-20T10:11:12Z',
  operationName: 'User Risk Detection',
  category: 'UserRiskEvents',
  properties: {
    id: 'r1',
    riskEventType: 'impossibleTravel',
    riskState: 'atRisk',
    riskLevel: 'high',
    ipAddress: '203.0.113.7',
    userPrincipalName: 'anna@example.com',
    detectedDateTime: '2026-11-20T10:11:12Z',
  },
}

export const AZURE_SIGNIN = {
  time: '2026-11-20T10:11:12.3456789Z',
  resourceId: '/tenants/t/providers/Microsoft.aadiam',
  operationName: 'Sign-in activity',
  category: 'SignInLogs',
  resultType: '50126',
  resultDescription: 'Invalid username or password',
  callerIpAddress: '203.0.113.7',
  identity: 'Anna',
  location: 'DE',
  properties: {
    createdDateTime: '2026-11-20T10:11:12.3456789+00:00',
    userPrincipalName: 'anna@example.com',
    appId: 'a1',
    appDisplayName: 'Office 365',
    ipAddress: '203.0.113.7',
    status: { errorCode: 50126, failureReason: 'Invalid username or password' },
    clientAppUsed: 'IMAP',
    conditionalAccessStatus: 'success',
    authenticationRequirement: 'singleFactorAuthentication',
    authenticationProtocol: 'deviceCode',
    riskState: 'atRisk',
    riskLevelDuringSignIn: 'medium',
    resourceDisplayName: 'Device Registration Service',
    userAgent: 'BAV2ROPC',
    homeTenantId: 't',
    resourceTenantId: 't',
    networkLocationDetails: '[]',
    deviceDetail: { deviceId: 'd1', displayName: 'LAPTOP-1', isCompliant: false, trustType: '' },
  },
}

export const M365 = {
  CreationTime: '2026-11-20T10:11:12',
  Id: 'i1',
  Operation: 'New-InboxRule',
  OrganizationId: 'o1',
  RecordType: 1,
  ResultStatus: 'True',
  UserKey: 'k',
  UserType: 2,
  Workload: 'Exchange',
  ClientIP: '[2001:db8::5]:5151',
  UserId: 'anna@example.com',
  ObjectId: '0000000a-0000-0000-c000-000000000000',
  ApplicationId: '9ba1a5c7-f17a-4de9-a1f1-6178c8d51223',
  Directionality: 'Inbound',
  DeliveryAction: 'Blocked',
  Parameters: [
    { Name: 'ForwardTo', Value: 'evil@example.net' },
    { Name: 'DeleteMessage', Value: 'True' },
  ],
  OperationProperties: [
    { Name: 'RuleActions', Value: '[{"ActionType":"Forward","Recipients":[]}]' },
  ],
  ExtendedProperties: [{ Name: 'RequestType', Value: 'Cmsi:Cmsi' }],
}

export const M365_ALERT = {
  CreationTime: '2026-11-20T10:11:12',
  Id: 'i2',
  Operation: 'AlertTriggered',
  OrganizationId: 'o1',
  RecordType: 40,
  ResultStatus: 'Succeeded',
  UserId: 'SecurityComplianceAlerts',
  Workload: 'SecurityComplianceCenter',
  Name: 'eDiscovery search started or exported',
  Severity: 'Medium',
  Data: '{"f3u":"anna@example.com","op":"New-ComplianceSearchAction Export pst"}',
}

export const GITHUB = {
  '@timestamp': 1795169472345,
  _document_id: 'd1',
  action: 'protected_branch.destroy',
  actor: 'anna',
  actor_ip: '203.0.113.7',
  org: 'example',
  repo: 'example/app',
}

export const KUBERNETES = {
  kind: 'Event',
  apiVersion: 'audit.k8s.io/v1',
  level: 'RequestResponse',
  auditID: 'a1',
  stage: 'ResponseComplete',
  requestURI: '/api/v1/namespaces/kube-system/pods',
  verb: 'create',
  user: { username: 'system:anonymous', groups: ['system:unauthenticated'] },
  sourceIPs: ['203.0.113.7', '10.0.0.1'],
  userAgent: 'kubectl/v1.30',
  objectRef: {
    resource: 'pods',
    namespace: 'kube-system',
    name: 'p1',
    apiGroup: 'apps',
    subresource: 'exec',
  },
  responseStatus: { code: 403, status: 'Failure', reason: 'Forbidden' },
  requestObject: {
    spec: {
      volumes: [{ name: 'v', hostPath: { path: '/' } }],
      containers: [{ name: 'c', securityContext: { capabilities: { add: ['SYS_ADMIN'] } } }],
    },
  },
  requestReceivedTimestamp: '2026-11-20T10:11:12.345678Z',
  stageTimestamp: '2026-11-20T10:11:12.355678Z',
}

export const GUARDDUTY = {
  schemaVersion: '2.0',
  accountId: '111122223333',
  region: 'eu-central-1',
  id: 'f1',
  type: 'UnauthorizedAccess:EC2/SSHBruteForce',
  resource: { resourceType: 'Instance', instanceDetails: { instanceId: 'i-0123456789abcdef0' } },
  service: {
    serviceName: 'guardduty',
    detectorId: 'd1',
    action: {
      actionType: 'NETWORK_CONNECTION',
      networkConnectionAction: {
        connectionDirection: 'INBOUND',
        blocked: false,
        remoteIpDetails: { ipAddressV4: '203.0.113.7' },
        remotePortDetails: { port: 50123 },
        localIpDetails: { ipAddressV4: '10.0.0.8' },
        localPortDetails: { port: 22, portName: 'SSH' },
      },
    },
    eventLastSeen: '2026-11-20T10:11:12Z',
  },
  severity: 8,
  createdAt: '2026-11-20T10:20:00.000Z',
  updatedAt: '2026-11-20T10:20:00.000Z',
  title: '203.0.113.7 is performing SSH brute force attacks.',
}

export const WAF = {
  timestamp: 1795169472345,
  formatVersion: 1,
  webaclId: 'arn:aws:wafv2:eu-central-1:111122223333:regional/webacl/a/b',
  terminatingRuleId: 'SQLi',
  action: 'BLOCK',
  httpSourceName: 'ALB',
  httpRequest: {
    clientIp: '203.0.113.7',
    country: 'DE',
    headers: [
      { name: 'Host', value: 'shop.example' },
      { name: 'User-Agent', value: 'sqlmap/1.8' },
    ],
    uri: '/items',
    args: 'id=1%27',
    httpVersion: 'HTTP/2.0',
    httpMethod: 'GET',
    requestId: 'r1',
  },
}

export const WAZUH = {
  timestamp: '2026-11-20T10:11:12.345+0100',
  rule: { level: 10, description: 'sshd: brute force', id: '5712', groups: ['syslog', 'sshd'] },
  agent: { id: '001', name: 'web1', ip: '10.0.0.8' },
  manager: { name: 'wazuh' },
  id: '1795169472.1',
  full_log:
    'Nov 20 10:11:12 web1 sshd[9]: Failed password for root from 203.0.113.7 port 50123 ssh2',
  predecoder: { program_name: 'sshd', timestamp: 'Nov 20 10:11:12', hostname: 'web1' },
  decoder: { name: 'sshd' },
  data: { srcip: '203.0.113.7', srcuser: 'root' },
  location: '/var/log/auth.log',
}

export const VELOCIRAPTOR = {
  ClientId: 'C.1234567890abcdef',
  Fqdn: 'pc1.example.com',
  Artifact: 'Windows.Network.Netstat',
  FlowId: 'F.1',
  _ts: 1795169472,
  Name: 'evil.exe',
  Laddr: { IP: '10.0.0.8', Port: 50123 },
  Raddr: { IP: '203.0.113.7', Port: 443 },
}
