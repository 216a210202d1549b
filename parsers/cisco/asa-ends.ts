// The ends of the connection that an ASA message is about, as its words name them.
import { put, type WritableFields, type WritablePivots } from '../device/event.ts'
import type { Role } from './asa-keywords.ts'
import { isDigits } from './asa-words.ts'
import type { Endpoint, PlainEndpoint } from './endpoint.ts'

/** What was found on the way through a message. */
export interface State {
  readonly fields: WritableFields
  readonly pivots: WritablePivots
  role: Role | undefined
  /** The endpoint that a following `(...)` belongs to. */
  last: 'src' | 'dst' | undefined
  previous: 'Deny' | 'URL' | undefined
  user: string | undefined
  /** A value that was read ahead: no endpoint, whatever it looks like. */
  spent: string | undefined
  /** Whether the ends are known. */
  hasSource: boolean
  hasTarget: boolean
  /** Whether names stand bare behind endpoints: messages of connections. */
  readonly connection: boolean
}

/** Where an endpoint belongs: an end of its own, the mapped address of the last one, or nowhere. */
export function placeOf(
  state: State,
  own: Role | undefined,
  bracketed: boolean,
): 'src' | 'dst' | 'mapped' | undefined {
  const role = own ?? state.role
  state.role = undefined
  if (bracketed && state.last !== undefined && role === undefined) return 'mapped'
  return sideOf(state, role)
}

/** `Local:10.0.0.1` and `remote:10.0.0.2` say themselves which end they are. */
export function roleOf(name: string | undefined): Role | undefined {
  if (name === undefined || name.length < 5 || name.length > 6) return undefined
  const lower = name.toLowerCase()
  return lower === 'local' ? 'src' : lower === 'remote' ? 'dst' : undefined
}

function sideOf(state: State, role: Role | undefined): 'src' | 'dst' | undefined {
  if (role === 'mapped') return undefined
  if (role === 'dst' || role === 'server') return state.hasTarget ? undefined : 'dst'
  return state.hasSource ? undefined : 'src'
}

const SIDES = {
  src: sideNames('src'),
  dst: sideNames('dst'),
}

/** Names of fields: put together once, not for each message. */
function sideNames(side: 'src' | 'dst') {
  return {
    ip: `${side}_ip`,
    host: `${side}_host`,
    interface: `${side}_interface`,
    port: `${side}_port`,
    user: `${side}_user`,
    group: `${side}_security_group`,
    mappedIp: `mapped_${side}_ip`,
    mappedPort: `mapped_${side}_port`,
  }
}

/** An end as it was read: its address or name, and what stands with it. */
export function addSide(state: State, side: 'src' | 'dst', endpoint: Endpoint): void {
  const { fields } = state
  const names = SIDES[side]
  if (endpoint.ip !== undefined) fields[names.ip] = endpoint.ip
  else put(fields, names.host, endpoint.name)
  if (endpoint.ip !== undefined || fields[names.host] !== undefined) {
    if (side === 'src') state.hasSource = true
    else state.hasTarget = true
  }
  if (!isRole(endpoint.interface)) put(fields, names.interface, endpoint.interface)
  put(fields, names.port, endpoint.port)
  state.last = side
  if (endpoint.user !== undefined) addSuffix(state, endpoint.user)
}

/** An address and a port that are known to be such: they are columns as they stand. */
export function addPlain(
  state: State,
  place: 'src' | 'dst' | 'mapped',
  { interface: name, ip, port, portNumber }: PlainEndpoint,
  mayBeRole: boolean,
): void {
  const { fields, pivots } = state
  if (place === 'mapped') {
    const names = SIDES[state.last!]
    fields[names.mappedIp] = ip
    if (port !== undefined) fields[names.mappedPort] = port
    return
  }
  const named = name !== undefined && !(mayBeRole && isRole(name))
  state.last = place
  if (place === 'src') {
    state.hasSource = true
    fields.src_ip = ip
    pivots.src_ip = ip
    if (named) fields.src_interface = name
    if (port === undefined) return
    fields.src_port = portNumber
    pivots.src_port = portNumber
  } else {
    state.hasTarget = true
    fields.dst_ip = ip
    pivots.dst_ip = ip
    if (named) fields.dst_interface = name
    if (port === undefined) return
    fields.dst_port = portNumber
    pivots.dst_port = portNumber
  }
}

function isRole(name: string | undefined): boolean {
  return name === 'Local' || name === 'Remote'
}

/** The address that an end is translated to. */
export function addMapped(state: State, side: 'src' | 'dst', endpoint: Endpoint): void {
  put(state.fields, SIDES[side].mappedIp, endpoint.ip ?? endpoint.name)
  put(state.fields, SIDES[side].mappedPort, endpoint.port)
  if (endpoint.user !== undefined) addSuffix(state, endpoint.user)
}

/** `(LOCAL\anna)` or `(9:group)` behind an endpoint and its mapped address. */
export function addSuffix(state: State, user: string): void {
  const side = state.last
  if (side === undefined || user === '') return
  const first = user.charCodeAt(0)
  if (first >= 0x30 && first <= 0x39) {
    if (SECURITY_GROUP.test(user)) {
      put(state.fields, SIDES[side].group, user)
      return
    }
    if (isDigits(user)) return
  } else if (NO_ACCOUNT.test(user)) return
  state.fields[SIDES[side].user] ??= user
  if (side === 'src') state.user ??= user
}

/** What stands there of ICMP and of counters. */
const NO_ACCOUNT = /^(?:type|no|code|current)\b/

/** A TrustSec tag and its name. */
const SECURITY_GROUP = /^\d{1,5}:[\w.-]{1,64}$/
