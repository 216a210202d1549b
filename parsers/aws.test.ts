// GuardDuty and WAF have no public expected outputs: these follow the vendor's description of each kind of
// finding and log.
import { describe, expect, test } from 'bun:test'
import { GUARDDUTY, WAF } from './cloud.samples.ts'
import { type NormaliseOptions, normalise } from './normalise.ts'

const OPTIONS: NormaliseOptions = { now: 0, received: 0, timeZone: 'UTC', newest: 8e15 }
const event = (json: object) => normalise(JSON.stringify(json), OPTIONS)

const remote = { ipAddressV4: '203.0.113.7', country: { countryName: 'X' } }
const finding = (type: string, severity: number, action: object, more: object = {}) => ({
  ...GUARDDUTY,
  type,
  severity,
  resource: { resourceType: 'Instance', instanceDetails: { instanceId: 'i-1' } },
  service: { ...GUARDDUTY.service, action },
  ...more,
})

describe('GuardDuty', () => {
  test.each<[string, object, Record<string, unknown>]>([
    [
      'a port probe',
      finding('Recon:EC2/PortProbeUnprotectedPort', 2, {
        actionType: 'PORT_PROBE',
        portProbeAction: {
          blocked: false,
          portProbeDetails: [
            {
              localPortDetails: { port: 22 },
              localIpDetails: { ipAddressV4: '10.0.0.8' },
              remoteIpDetails: remote,
            },
          ],
        },
      }),
      { src_ip: '203.0.113.7', dst_ip: '10.0.0.8', dst_port: 22, host: 'i-1', severity: 'low' },
    ],
    [
      'a DNS request',
      finding('CryptoCurrency:EC2/BitcoinTool.B!DNS', 8, {
        actionType: 'DNS_REQUEST',
        dnsRequestAction: { domain: 'pool.example', protocol: 'UDP', blocked: true },
      }),
      { domain: 'pool.example', outcome: 'blocked', severity: 'high' },
    ],
    [
      'an API call',
      finding(
        'UnauthorizedAccess:IAMUser/MaliciousIPCaller',
        5,
        {
          actionType: 'AWS_API_CALL',
          awsApiCallAction: {
            api: 'ListBuckets',
            remoteIpDetails: remote,
            errorCode: 'AccessDenied',
          },
        },
        { resource: { resourceType: 'AccessKey', accessKeyDetails: { userName: 'anna' } } },
      ),
      { user: 'anna', src_ip: '203.0.113.7', outcome: 'failure', severity: 'medium' },
    ],
    [
      'a Kubernetes API call',
      finding(
        'Discovery:Kubernetes/SuccessfulAnonymousAccess',
        5,
        {
          actionType: 'KUBERNETES_API_CALL',
          kubernetesApiCallAction: { requestUri: '/api', remoteIpDetails: remote },
        },
        {
          resource: {
            resourceType: 'EKSCluster',
            eksClusterDetails: { name: 'prod' },
            kubernetesDetails: { kubernetesUserDetails: { username: 'system:anonymous' } },
          },
        },
      ),
      { user: 'system:anonymous', src_ip: '203.0.113.7', host: 'prod' },
    ],
    [
      'a database sign-in',
      finding('CredentialAccess:RDS/AnomalousBehavior.FailedLogin', 2, {
        actionType: 'RDS_LOGIN_ATTEMPT',
        rdsLoginAttemptAction: { remoteIpDetails: remote, loginAttributes: [{ user: 'postgres' }] },
      }),
      { user: 'postgres', src_ip: '203.0.113.7' },
    ],
    [
      'a process',
      {
        ...finding('Execution:Runtime/NewBinaryExecuted', 5, {}),
        service: {
          ...GUARDDUTY.service,
          action: {},
          runtimeDetails: {
            process: { executablePath: '/tmp/x', user: 'root', executableSha256: 'ab' },
          },
        },
      },
      { process: '/tmp/x', user: 'root', hash: 'ab' },
    ],
    [
      'a critical sequence',
      finding('AttackSequence:IAM/CompromisedCredentials', 9, {}),
      { severity: 'critical' },
    ],
    [
      'a sample without severity',
      finding('Policy:S3/BucketPublicAccessGranted', 0, {}),
      { severity: 'informational' },
    ],
  ])('%s', (_, json, pivots) => {
    const got = event(json)
    expect(got).toMatchObject({ parser: 'aws_guardduty', logsource: { service: ['guardduty'] } })
    expect(got.pivots).toMatchObject({ ...pivots, action: (json as { type: string }).type })
  })

  test('as EventBridge hands it on and as get-findings prints it', () => {
    const bridge = { version: '0', source: 'aws.guardduty', 'detail-type': 'GuardDuty Finding' }
    expect(event({ ...bridge, detail: GUARDDUTY }).pivots.src_ip).toBe('203.0.113.7')
    const printed = {
      SchemaVersion: '2.0',
      AccountId: '1',
      Type: 'Recon:EC2/Portscan',
      Severity: 5.5,
      UpdatedAt: '2026-11-20T10:11:12Z',
      Title: 'scan',
      Service: {
        ServiceName: 'guardduty',
        Action: { NetworkConnectionAction: { RemoteIpDetails: { IpAddressV4: '203.0.113.7' } } },
      },
    }
    expect(event(printed)).toMatchObject({
      parser: 'aws_guardduty',
      time: Date.parse('2026-11-20T10:11:12Z'),
      message: 'scan',
      pivots: { src_ip: '203.0.113.7', severity: 'medium' },
    })
  })
})

describe('WAF', () => {
  const log = (more: object, request: object = {}) =>
    event({ ...WAF, ...more, httpRequest: { ...WAF.httpRequest, ...request } })

  test.each([
    ['ALLOW', 'allowed', 'informational'],
    ['BLOCK', 'blocked', 'low'],
    ['COUNT', 'allowed', 'informational'],
    ['CAPTCHA', 'blocked', 'informational'],
    ['CHALLENGE', 'blocked', 'informational'],
  ])('%s', (action, outcome, severity) => {
    expect(log({ action })).toMatchObject({
      parser: 'aws_waf',
      pivots: { action, outcome, severity },
    })
  })

  test('an address of version 6, header names in any of the two cases, no arguments', () => {
    const headers = [
      { name: 'host', value: 'a.example' },
      { name: 'user-agent', value: 'curl/8' },
      { name: 'referer', value: 'https://b.example/' },
    ]
    expect(log({}, { clientIp: '2001:db8::5', headers, args: '' })).toMatchObject({
      pivots: { src_ip: '2001:db8::5', domain: 'a.example' },
      fields: {
        'cs-host': 'a.example',
        'cs-user-agent': 'curl/8',
        'cs-referer': 'https://b.example/',
        'cs-uri-query': '/items',
        'cs-method': 'GET',
      },
    })
  })

  test('without the list of headers', () => {
    const { headers: _headers, ...request } = WAF.httpRequest
    expect(event({ ...WAF, httpRequest: request })).toMatchObject({ parser: 'aws_waf' })
  })

  test('rules of web servers see it', () => {
    expect(log({}).logsource).toMatchObject({ product: 'aws', category: ['webserver'] })
  })
})
