// The columns of AWS flow logs without a header line: chosen by what stands where.
import { isIpv4, isIpv6 } from './values.ts'

/** The columns of version 2, which is what is written when nobody chose any. */
export const DEFAULT_NAMES: readonly string[] = [
  ...['version', 'account-id', 'interface-id', 'srcaddr', 'dstaddr', 'srcport', 'dstport'],
  ...['protocol', 'packets', 'bytes', 'start', 'end', 'action', 'log-status'],
]

/** Every column, in the order of AWS's list of them: lines have the first 14 or more of these. */
const ALL_NAMES: readonly string[] = [
  ...DEFAULT_NAMES,
  ...['vpc-id', 'subnet-id', 'instance-id', 'tcp-flags', 'type', 'pkt-srcaddr', 'pkt-dstaddr'],
  ...['region', 'az-id', 'sublocation-type', 'sublocation-id', 'pkt-src-aws-service'],
  ...['pkt-dst-aws-service', 'flow-direction', 'traffic-path', 'ecs-cluster-arn'],
  ...['ecs-cluster-name', 'ecs-container-instance-arn', 'ecs-container-instance-id'],
  ...['ecs-container-id', 'ecs-second-container-id', 'ecs-service-name'],
  ...['ecs-task-definition-arn', 'ecs-task-arn', 'ecs-task-id', 'reject-reason'],
]

/** Columns of a transit gateway's log. */
const GATEWAY_NAMES: readonly string[] = [
  ...['version', 'resource-type', 'account-id', 'tgw-id', 'tgw-attachment-id'],
  ...['tgw-src-vpc-account-id', 'tgw-dst-vpc-account-id', 'tgw-src-vpc-id', 'tgw-dst-vpc-id'],
  ...['tgw-src-subnet-id', 'tgw-dst-subnet-id', 'tgw-src-eni', 'tgw-dst-eni', 'tgw-src-az-id'],
  ...['tgw-dst-az-id', 'tgw-pair-attachment-id', 'srcaddr', 'dstaddr', 'srcport', 'dstport'],
  ...['protocol', 'packets', 'bytes', 'start', 'end', 'log-status', 'type'],
  ...['packets-lost-no-route', 'packets-lost-blackhole', 'packets-lost-mtu-exceeded'],
  ...['packets-lost-ttl-expired', 'tcp-flags', 'region', 'flow-direction'],
  ...['pkt-src-aws-service', 'pkt-dst-aws-service'],
]

/** The choices of columns in AWS's examples for NAT gateways and TCP flags. */
const EXAMPLES: readonly (readonly string[])[] = [
  ['instance-id', 'interface-id', 'srcaddr', 'dstaddr', 'pkt-srcaddr', 'pkt-dstaddr'],
  [
    ...['version', 'interface-id', 'account-id', 'vpc-id', 'subnet-id', 'instance-id', 'srcaddr'],
    ...['dstaddr', 'srcport', 'dstport', 'protocol', 'tcp-flags', 'type', 'pkt-srcaddr'],
    ...['pkt-dstaddr', 'action', 'log-status'],
  ],
  [
    ...['version', 'vpc-id', 'subnet-id', 'instance-id', 'interface-id', 'account-id', 'type'],
    ...['srcaddr', 'dstaddr', 'srcport', 'dstport', 'pkt-srcaddr', 'pkt-dstaddr', 'protocol'],
    ...['bytes', 'packets', 'start', 'end', 'action', 'tcp-flags', 'log-status'],
  ],
]

const isNumber = (text: string) => /^\d{1,15}$/.test(text)
const isAddress = (text: string) => isIpv4(text) || isIpv6(text)

/** What may stand in a column that tells, beside `-` for nothing. */
const TELLING: Readonly<Record<string, (text: string) => boolean>> = {
  version: (text) => /^[2-9]$/.test(text),
  'account-id': (text) => /^(?:\d{10,12}|unknown)$/.test(text),
  'interface-id': (text) => text.startsWith('eni-'),
  'tgw-id': (text) => text.startsWith('tgw-'),
  srcaddr: isAddress,
  dstaddr: isAddress,
  'pkt-srcaddr': isAddress,
  'pkt-dstaddr': isAddress,
  srcport: isNumber,
  dstport: isNumber,
  protocol: isNumber,
  start: isNumber,
  end: isNumber,
  action: (text) => text === 'ACCEPT' || text === 'REJECT',
  'log-status': (text) => text === 'OK' || text === 'NODATA' || text === 'SKIPDATA',
}
/** Of these one at least has a value. */
const NEEDED = ['log-status', 'interface-id'] as const

const OTHERS = [GATEWAY_NAMES, ...EXAMPLES]

/** The columns of a line's cells; undefined where they are none that is known. */
export function namesOf(cells: readonly string[]): readonly string[] | undefined {
  const { length } = cells
  if (length >= DEFAULT_NAMES.length && length <= ALL_NAMES.length) {
    const names = length === DEFAULT_NAMES.length ? DEFAULT_NAMES : ALL_NAMES.slice(0, length)
    if (areCells(names, cells)) return names
  }
  return OTHERS.find((names) => names.length === length && areCells(names, cells))
}

function areCells(names: readonly string[], cells: readonly string[]): boolean {
  const fits = names.every((name, index) => {
    const cell = cells[index]!
    return cell === '-' || TELLING[name]?.(cell) !== false
  })
  return fits && NEEDED.some((name) => cells[names.indexOf(name)]?.startsWith('-') === false)
}
