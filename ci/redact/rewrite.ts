// One text with everything that identifies somebody replaced, in one pass over what was written: no pseudonym
// is looked at again.
import ipaddr from 'ipaddr.js'
import { isCommonAddress } from './addresses.ts'
import { encodedTextsIn } from './base64.ts'
import { isCommonName, isSharedDomain } from './common-values.ts'
import { isVersionField } from './field-kinds.ts'
import type { Identities } from './identities.ts'
import type { Book } from './pseudonyms.ts'
import { randomIn, type Span, secretsIn } from './secrets.ts'
import type { RedactKind } from './types.ts'

/** A part of a text and what comes in its place. */
interface Change {
  readonly start: number
  readonly end: number
  readonly to: string
  /** What the book counts. */
  readonly parts: readonly {
    readonly kind: RedactKind
    readonly from: string
    readonly to: string
  }[]
}

type Claim = (change: Change) => void
/** A finder looks at the whole text; what an earlier one claimed is taken. */
type Finder = (text: string, name: string, claim: Claim) => void

const MAIL = /(?<![\w.+-])([\w.+-]+)@((?:[\w-]+\.)+[a-z]{2,24})(?![\w-])/gi
const SID = /\bS-1-5-21-(\d+)-(\d+)-(\d+)(?:-(\d+))?\b/gi
const V4 = /(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)/g
const V6 =
  /(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}(?:[0-9a-f]{1,4}|(?:\d{1,3}\.){3}\d{1,3})?(?![\w:]|\.\d)/gi
const MAC = /(?<![\w:-])[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}(?![\w:-])/gi
const AWS_ID = /\b(?:AIDA|AROA|AGPA|ANPA|ANVA|AIPA|APKA)[A-Z0-9]{12,}\b/g
/** Relative ids below this are the same in every domain. */
const RID_OWN_MIN = 1_000

/** A function that rewrites texts with one book. */
export function createRewriter(identities: Identities, book: Book) {
  const literals = literalFinder(identities, book)
  const rewrite = (text: string, name: string): string => {
    if (text === '') return text
    const changes: Change[] = []
    const taken = new Uint8Array(text.length)
    const claim: Claim = (change) => {
      if (taken.subarray(change.start, change.end).includes(1)) return
      taken.fill(1, change.start, change.end)
      changes.push(change)
    }
    for (const find of finders) find(text, name, claim)
    if (changes.length === 0) return text
    changes.sort((a, b) => a.start - b.start)
    let out = ''
    let at = 0
    for (const { start, end, to, parts } of changes) {
      out += text.slice(at, start) + to
      at = end
      for (const part of parts) book.count(part.kind, part.from, part.to)
    }
    return out + text.slice(at)
  }
  const finders: readonly Finder[] = [
    secretFinder(identities, book),
    base64Finder((text) => rewrite(text, '')),
    randomFinder(book),
    mailFinder(book),
    domainFinder(identities, book),
    sidFinder(book),
    addressFinder(book),
    (text, _, claim) => each(text, AWS_ID, book, 'id', claim),
    literals,
  ]
  return rewrite
}

function change(match: { index: number; 0: string }, kind: RedactKind, to: string): Change {
  const from = match[0]
  return { start: match.index, end: match.index + from.length, to, parts: [{ kind, from, to }] }
}

/** What is to stay stays whole: later finders leave its parts alone. */
function stays(match: { index: number; 0: string }): Change {
  const to = match[0]
  return { start: match.index, end: match.index + to.length, to, parts: [] }
}

function each(text: string, pattern: RegExp, book: Book, kind: RedactKind, claim: Claim): void {
  for (const match of text.matchAll(pattern)) {
    const [from] = match
    claim(book.keeps(from) ? stays(match) : change(match, kind, book.pseudonym(kind, from)))
  }
}

/** Base64 of a text (as PowerShell takes commands) is opened, changed and closed again. */
function base64Finder(rewrite: (text: string) => string): Finder {
  return (text, _, claim) => {
    for (const { start, end, text: decoded, encoding } of encodedTextsIn(text)) {
      const inner = rewrite(decoded)
      const to = Buffer.from(inner, encoding).toString('base64')
      claim({ start, end, to: inner === decoded ? text.slice(start, end) : to, parts: [] })
    }
  }
}

function secretFinder({ literals }: Identities, book: Book): Finder {
  const known = [...literals].filter(([, kind]) => kind === 'secret').map(([value]) => value)
  known.sort((a, b) => b.length - a.length)
  return (text, _, claim) => {
    for (const secret of known)
      for (let at = text.indexOf(secret); at >= 0; at = text.indexOf(secret, at + secret.length))
        claim(removal(text, { start: at, end: at + secret.length }, book))
    for (const span of secretsIn(text)) claim(removal(text, span, book))
  }
}

function randomFinder(book: Book): Finder {
  return (text, _, claim) => {
    for (const span of randomIn(text)) claim(removal(text, span, book))
  }
}

function removal(text: string, { start, end }: Span, book: Book): Change {
  const from = text.slice(start, end)
  const to = book.pseudonym('secret', from)
  return { start, end, to, parts: [{ kind: 'secret', from, to }] }
}

function mailFinder(book: Book): Finder {
  return (text, _, claim) => {
    for (const match of text.matchAll(MAIL)) {
      const [from, local = '', domain = ''] = match
      if (book.keeps(from)) {
        claim(stays(match))
        continue
      }
      const name = isCommonName(local) || book.keeps(local) ? local : book.pseudonym('user', local)
      const to = `${name}@${domainName(domain, book)}`
      if (to !== from) claim(change(match, 'email', to))
    }
  }
}

/** `ws01.corp.acme.com` with `acme.com` of the organisation: `host-1.domain-1.org-1.example`. */
function domainName(domain: string, book: Book): string {
  if (isSharedDomain(domain) || book.keeps(domain)) return domain
  return book.pseudonym('domain', domain)
}

function domainFinder({ domains, literals }: Identities, book: Book): Finder {
  if (domains.size === 0) return () => undefined
  const own = [...domains].sort((a, b) => b.length - a.length)
  const pattern = new RegExp(
    `(?<![\\w.-])((?:[\\w-]+\\.)*)(${own.map(RegExp.escape).join('|')})(?![\\w-]|\\.\\w)`,
    'gi',
  )
  return (text, _, claim) => {
    for (const match of text.matchAll(pattern)) {
      const [from, below = '', domain = ''] = match
      if (book.keeps(from)) claim(stays(match))
      if (book.keeps(from) || book.keeps(domain)) continue
      const labels = below.split('.').filter((label) => label !== '')
      const names = labels.map((label) => {
        if (isCommonName(label) || book.keeps(label)) return label
        return book.pseudonym(literals.get(label.toLowerCase()) ?? 'host', label)
      })
      claim(change(match, 'domain', [...names, domainName(domain, book)].join('.')))
    }
  }
}

function sidFinder(book: Book): Finder {
  return (text, _, claim) => {
    for (const match of text.matchAll(SID)) {
      const [from, a, b, c, rid] = match
      if (book.keeps(from)) continue
      const domain = numberOf(book.pseudonym('id', `sid ${a}-${b}-${c}`))
      const own =
        rid === undefined || Number(rid) < RID_OWN_MIN
          ? rid
          : String(1_000 + numberOf(book.pseudonym('id', `rid ${from}`)))
      const to = `S-1-5-21-1000000000-2000000000-${3_000_000_000 + domain}${own === undefined ? '' : `-${own}`}`
      claim(change(match, 'id', to))
    }
  }
}

function numberOf(name: string): number {
  return Number(/\d+$/.exec(name)?.[0] ?? 0)
}

function addressFinder(book: Book): Finder {
  return (text, name, claim) => {
    if (isVersionField(name)) return
    for (const match of text.matchAll(MAC))
      if (!book.keeps(match[0]) && !/^(?:00|ff)([:-](?:00|ff)){5}$/i.test(match[0]))
        claim(change(match, 'address', book.pseudonym('address', match[0])))
    for (const pattern of [V6, V4])
      for (const match of text.matchAll(pattern)) {
        const [from] = match
        if (!ipaddr.isValid(from) || isCommonAddress(from) || book.keeps(from)) continue
        // `Chrome/120.0.0.0` is a version.
        if (from.endsWith('.0.0.0') && text[match.index - 1] === '/') continue
        claim(change(match, 'address', book.pseudonym('address', from)))
      }
  }
}

/** Known names as whole words, the longest first. */
function literalFinder({ literals }: Identities, book: Book): Finder {
  const names = [...literals]
    .filter(([name, kind]) => kind !== 'secret' && !book.keeps(name))
    .map(([name]) => name)
    .sort((a, b) => b.length - a.length)
  if (names.length === 0) return () => undefined
  const pattern = new RegExp(
    `(?<![\\p{L}\\p{N}])(?:${names.map(RegExp.escape).join('|')})(?![\\p{L}\\p{N}])`,
    'giu',
  )
  return (text, _, claim) => {
    for (const match of text.matchAll(pattern)) {
      const kind = literals.get(match[0].toLowerCase())
      if (kind !== undefined) claim(change(match, kind, book.pseudonym(kind, match[0])))
    }
  }
}
