// Azure's records as the portal exports them, as tables and envelopes hold them, and what resources log.
import { describe, expect, test } from 'bun:test'
import { normalise } from '../normalise.ts'
import { OPTIONS } from '../windows/senders.support.ts'

const AT = Date.UTC(2026, 10, 20, 10, 11, 12)
const TIME = '2026-11-20T10:11:12Z'
const RESOURCE = '/SUBSCRIPTIONS/1/RESOURCEGROUPS/RG/PROVIDERS/MICROSOFT.NETWORK/X/Y'
const read = (json: object) => normalise(JSON.stringify(json), OPTIONS)

describe('exports', () => {
  test('the portal’s sign-ins', () => {
    const got = read({
      'Date (UTC)': TIME,
      User: 'Anna',
      Username: 'anna@corp.example',
      Application: 'Azure Portal',
      'IP address': '192.0.2.7',
      Status: 'Failure',
      'Sign-in error code': '50126',
      'Failure reason': 'Invalid username or password',
      'Conditional Access': 'Not Applied',
    })
    expect(got).toMatchObject({
      parser: 'azure_signin',
      time: AT,
      pivots: { user: 'anna@corp.example', src_ip: '192.0.2.7', outcome: 'failure' },
      fields: { ResultType: '50126', appDisplayName: 'Azure Portal' },
    })
  })

  test('the portal’s audit log', () => {
    const got = read({
      'Date (UTC)': TIME,
      Service: 'Core Directory',
      Category: 'RoleManagement',
      Activity: 'Add member to role',
      Result: 'success',
      ActorObjectId: 'o',
      ActorUserPrincipalName: 'bob@corp.example',
      IPAddress: '192.0.2.9',
    })
    expect(got).toMatchObject({
      parser: 'azure_audit',
      time: AT,
      pivots: { user: 'bob@corp.example', src_ip: '192.0.2.9', outcome: 'success' },
      fields: { OperationName: 'Add member to role', LoggedByService: 'Core Directory' },
    })
  })

  test('columns of a query, named in UTC', () => {
    const got = read({
      'TimeGenerated [UTC]': '11/20/2026, 10:11:12.345 AM',
      OperationName: 'Sign-in activity',
      Category: 'SignInLogs',
      ResultType: '0',
      UserPrincipalName: 'anna@corp.example',
      Type: 'SigninLogs',
    })
    expect(got).toMatchObject({ parser: 'azure_signin', time: AT + 345 })
  })
})

test('Event Grid: what happened to a resource', () => {
  const got = read({
    ...{
      subject: RESOURCE,
      eventType: 'Microsoft.Resources.ResourceWriteSuccess',
      eventTime: TIME,
    },
    ...{ id: 'i', topic: '/subscriptions/1', dataVersion: '2' },
    data: {
      operationName: 'Microsoft.Compute/virtualMachines/write',
      status: 'Succeeded',
      claims: {
        'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn': 'anna@corp.example',
        ipaddr: '192.0.2.4',
      },
      resourceUri: RESOURCE,
    },
  })
  expect(got).toMatchObject({
    parser: 'azure_activity',
    time: AT,
    logsource: { product: 'azure', service: ['activitylogs'] },
    pivots: { user: 'anna@corp.example', src_ip: '192.0.2.4', outcome: 'success' },
    fields: { operationName: 'Microsoft.Compute/virtualMachines/write' },
  })
})

describe('what resources log', () => {
  const base = { time: TIME, resourceId: RESOURCE }

  test('an application gateway’s requests', () => {
    const properties = {
      ...{ clientIP: '192.0.2.44', clientPort: 50314, httpMethod: 'GET', httpStatus: 404 },
      ...{ originalRequestUriWithArgs: '/login?x=1', requestUri: '/login', host: 'shop.example' },
    }
    const category = 'ApplicationGatewayAccessLog'
    const request = { category, operationName: 'ApplicationGatewayAccess', properties }
    for (const json of [
      { ...base, ...request },
      { timeStamp: '2026-11-20T10:11:12+00:00', resourceId: RESOURCE, ...request },
      {
        TimeGenerated: TIME,
        Type: 'AzureDiagnostics',
        ResourceId: RESOURCE,
        Category: category,
        OperationName: 'ApplicationGatewayAccess',
        ...{ clientIP_s: '192.0.2.44', clientPort_d: 50314, httpMethod_s: 'GET' },
        ...{
          httpStatus_d: 404,
          originalRequestUriWithArgs_s: '/login?x=1',
          host_s: 'shop.example',
        },
      },
    ]) {
      const got = read(json)
      expect(got).toMatchObject({
        parser: 'azure_activity',
        time: AT,
        logsource: { product: 'azure', category: ['webserver'], service: [] },
        pivots: { src_ip: '192.0.2.44', src_port: 50314, url: '/login?x=1', outcome: 'failure' },
      })
      expect(got.fields).toMatchObject({ 'sc-status': 404, 'cs-uri-query': '/login?x=1' })
    }
  })

  test('a firewall’s rules, in sentences and in fields', () => {
    const text = 'TCP request from 10.0.0.4:50234 to 192.0.2.80:443. Action: Deny. '
    const fields = { Protocol: 'TCP', SourceIp: '10.0.0.4', SourcePort: 50234, Action: 'Deny' }
    for (const json of [
      {
        ...base,
        ...{ category: 'AzureFirewallNetworkRule', operationName: 'AzureFirewallNetworkRuleLog' },
        properties: { msg: text },
      },
      {
        ...base,
        category: 'AZFWNetworkRule',
        properties: { ...fields, DestinationIp: '192.0.2.80', DestinationPort: 443 },
      },
    ]) {
      expect(read(json)).toMatchObject({
        parser: 'azure_activity',
        logsource: { product: 'azure', category: ['firewall'], service: [] },
        pivots: {
          ...{ src_ip: '10.0.0.4', src_port: 50234, dst_ip: '192.0.2.80', dst_port: 443 },
          action: 'denied',
        },
        fields: { src_ip: '10.0.0.4', dst_port: 443 },
      })
    }
  })

  test('a vault’s: no activity of the subscription', () => {
    const upn = { 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn': 'anna@corp.example' }
    const got = read({
      ...base,
      ...{ category: 'AuditEvent', operationName: 'SecretGet', resultType: 'Success' },
      ...{ callerIpAddress: '192.0.2.44', identity: { claim: upn } },
      properties: { httpStatusCode: 200, requestUri: 'https://kv.vault.azure.net/secrets/x' },
    })
    expect(got).toMatchObject({
      logsource: { product: 'azure', category: [], service: [] },
      pivots: { user: 'anna@corp.example', src_ip: '192.0.2.44', outcome: 'success' },
    })
  })
})
