// Columns of the CSV files that Azure's portal exports, and what the records call them.

type Columns = Readonly<Record<string, string>>

export const SIGNIN_COLUMNS: Columns = {
  Application: 'appDisplayName',
  'Application ID': 'appId',
  'Authentication requirement': 'authenticationRequirement',
  'Client app': 'clientAppUsed',
  'Conditional Access': 'conditionalAccessStatus',
  'Correlation ID': 'correlationId',
  'Date (UTC)': 'createdDateTime',
  'Failure reason': 'resultDescription',
  'IP address': 'ipAddress',
  'Incoming token type': 'incomingTokenType',
  Location: 'location',
  'Request ID': 'id',
  Resource: 'resourceDisplayName',
  'Sign-in error code': 'resultType',
  User: 'userDisplayName',
  'User ID': 'userId',
  'User agent': 'userAgent',
  Username: 'userPrincipalName',
}

export const AUDIT_COLUMNS: Columns = {
  Activity: 'activityDisplayName',
  ActorDisplayName: 'identity',
  ActorUserPrincipalName: 'userPrincipalName',
  Category: 'category',
  CorrelationId: 'correlationId',
  'Date (UTC)': 'activityDateTime',
  IPAddress: 'ipAddress',
  Result: 'result',
  ResultReason: 'resultReason',
  Service: 'loggedByService',
}

export const ACTIVITY_COLUMNS: Columns = {
  'Correlation id': 'correlationId',
  'Event category': 'category',
  'Event initiated by': 'caller',
  Level: 'level',
  'Operation name': 'operationName',
  Resource: 'resourceId',
  'Resource group': 'resourceGroupName',
  'Resource type': 'resourceType',
  Status: 'resultType',
  Subscription: 'subscriptionId',
  Time: 'eventTimestamp',
}
