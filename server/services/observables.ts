// Addresses, domains, hashes, mail addresses, links and vulnerability numbers in an event: valid ones only.
import ipaddr from 'ipaddr.js'
import { parse as parseDomain } from 'tldts'
import type { Event } from '../../parsers/event.ts'
import { eachLeaf } from '../../sigma/eval/values.ts'
import type { Observable, ObservableType } from '../stores/state/promotions.ts'

/** Observables kept of one event. */
export const OBSERVABLES_MAX = 200
/** Text of one event that is looked at, characters. */
export const OBSERVABLE_TEXT_MAX = 200_000

const IPV4 = /(?<![\w.-])(?:\d{1,3}\.){3}\d{1,3}(?![\w-]|\.\d)/g
const IPV6 = /(?<![\w:.])[0-9a-f:.]{2,45}(?![\w:.])/gi
const HASH = /(?<![0-9a-z])(?:[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32})(?![0-9a-z])/gi
const URL_TEXT = /\bh(?:tt|xx)ps?:\/\/[^\s"'<>()\\^`{|}]+|\bftp:\/\/[^\s"'<>()\\^`{|}]+/gi
const EMAIL = /(?<![\w.+-])[\w.+-]{1,64}@(?:[a-z0-9-]{1,63}\.)+[a-z]{2,63}(?![\w-])/gi
const CVE = /\bCVE-(?:19|20)\d{2}-\d{4,7}\b/gi
const DOMAIN = /(?<![\w.@-])(?:[a-z0-9_-]{1,63}\.)+[a-z][a-z0-9-]{1,62}(?![\w-]|\.\w)/gi

/** Endings of files that are top-level domains too: in running text they are files. */
const FILE_ENDING = /\.(?:zip|sh|py|pl|rs|md|mov|app|cab|so|ps|java|cc|mm|ts|pub|ink|do|bin|bat)$/i

type Find = (text: string) => readonly string[]

const FINDERS: Readonly<Record<ObservableType, Find>> = {
  ip: (text) => [...all(text, IPV4), ...all(text, IPV6).filter(isV6)].flatMap(address),
  hash: (text) => all(text, HASH).filter(isHash).map(lower),
  url: (text) => all(text, URL_TEXT).flatMap(link),
  email: (text) => all(text, EMAIL).filter(isEmail).map(lower),
  cve: (text) => all(text, CVE).map((cve) => cve.toUpperCase()),
  domain: (text) => [...all(text, DOMAIN).flatMap(domain), ...all(text, URL_TEXT).flatMap(hostOf)],
}

/** Everything of each type in an event, each once, in the order of the types. */
export function observablesOf(
  event: Pick<Event, 'pivots' | 'fields' | 'message' | 'raw'>,
): readonly Observable[] {
  const texts = new Set(Object.values(event.pivots).map(String))
  eachLeaf(event.fields, (_, text) => texts.add(text))
  texts.add(event.message)
  texts.add(event.raw)
  const text = refang([...texts].join('\n').slice(0, OBSERVABLE_TEXT_MAX))
  const found = (Object.keys(FINDERS) as ObservableType[]).flatMap((type) =>
    [...new Set(FINDERS[type](text))].map((value) => ({ type, value })),
  )
  return found.slice(0, OBSERVABLES_MAX)
}

function all(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].map(([match]) => match)
}

const lower = (text: string): string => text.toLowerCase()

/** `hxxp://evil[.]example` as it was meant. */
function refang(text: string): string {
  return text
    .replaceAll(/\[\.\]|\(\.\)|\[dot\]/gi, '.')
    .replaceAll(/\[@\]|\[at\]/gi, '@')
    .replaceAll(/\bhxxp(s?):/gi, 'http$1:')
    .replaceAll('[:]', ':')
}

/** The address in its short form; nothing for what names no machine. */
function address(text: string): readonly string[] {
  const trimmed = text.replace(/[.:]$/, '')
  if (
    !ipaddr.isValid(trimmed) ||
    (/^[\d.]+$/.test(trimmed) && !ipaddr.IPv4.isValidFourPartDecimal(trimmed))
  )
    return []
  const parsed = ipaddr.process(trimmed)
  return parsed.range() === 'unspecified' ? [] : [parsed.toString()]
}

const isV6 = (text: string): boolean => text.split(':').length > 2

/** Digits alone are a number, and one character over and over is a placeholder. */
function isHash(text: string): boolean {
  return /[a-f]/i.test(text) && /\d/.test(text) && !/^(.)\1*$/.test(text)
}

function link(text: string): readonly string[] {
  const trimmed = text.replace(/[.,;:!?\]]+$/, '')
  return URL.canParse(trimmed) ? [trimmed] : []
}

function hostOf(text: string): readonly string[] {
  const [url] = link(text)
  if (url === undefined) return []
  const { hostname } = new URL(url)
  return isRegistered(hostname) ? [hostname.toLowerCase()] : []
}

function domain(text: string): readonly string[] {
  return !FILE_ENDING.test(text) && isRegistered(text) ? [text.toLowerCase()] : []
}

/** Whether its ending is a public suffix and something stands before it. */
function isRegistered(host: string): boolean {
  const {
    domain: registered,
    isIcann,
    isPrivate,
    isIp,
  } = parseDomain(host, { allowPrivateDomains: true })
  return registered !== null && isIp !== true && (isIcann === true || isPrivate === true)
}

function isEmail(text: string): boolean {
  return isRegistered(text.slice(text.lastIndexOf('@') + 1)) && !/^[.+-]|\.\./.test(text)
}
