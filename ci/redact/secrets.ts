// Secrets in texts: what a key, a token, a password on a command line or an Authorization header looks like.

/** Where a secret stands in a text: offsets of what has to go. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** Every pattern has the secret in its group `s`, `t` or `u`, or is the secret wholly. What repeats before the
 * secret has a limit, so that a long text costs its length and no more: events come from attackers, too. */
const PATTERNS: readonly RegExp[] = [
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?<s>[\s\S]+?)(?:-----END|$)/g,
  /\bauthorization["']?\s{0,4}[:=]\s{0,4}["']?(?:(?:basic|bearer|digest|negotiate|ntlm|token|aws4-hmac-sha256)\s{1,4})?(?<s>[^\s"',;]+(?:,\s{0,4}Signature=[0-9a-f]+)?)/gi,
  /\b(?:bearer|basic)\s{1,4}(?<s>[A-Za-z0-9+/._~-]{12,}={0,2})/gi,
  /:\/\/[^\s/:@"']{0,256}:(?<s>[^\s/@"']{1,512})@/gi,
  /(?:password|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|account[_-]?key|shared[_-]?key|client[_-]?secret|phpsessid|jsessionid|cookie|(?<![\w-])pass)["']?\s{0,4}[:=]\s{0,4}(?:"(?<s>[^"]+)"|'(?<t>[^']+)'|(?<u>[^\s"'&;,)}\]<]+))/gi,
  /[?&](?:sig|signature|x-amz-signature|x-amz-security-token|code|key)=(?<s>[^&\s"']{16,})/gi,
  /(?<![\w-])--?(?:pass|password|passwd|pwd|passphrase|secret|token|api-?key|access-?key|credential|aspassword|passin|passout)(?:\s{1,4}|[:=])(?:"(?<s>[^"]+)"|'(?<t>[^']+)'|(?<u>[^\s"'-][^\s"'<]*))/gi,
  /\b(?:psexec|paexec|plink|pscp|putty|kitty|wmic|winexe|schtasks|at|crackmapexec|cme|nxc|netexec|smbclient|smbmap|rpcclient|evil-winrm|xfreerdp|rdesktop|sqlcmd|osql|isql|bcp|zip|unzip|7z|7za|rar|openssl|htpasswd|ldapsearch|ldapmodify|sshpass|kinit|bitsadmin)(?:64)?(?:\.exe)?\b[^|;&\n]{0,400}?\s[-/](?:p|pw|rp|w)(?:\s{1,4}|:)["']?(?<s>[^\s"'/-][^\s"'<]*)/gi,
  /(?<![\w/])\/(?:pass|password|passwd|pwd|rp|kdcpwd|rc4|aes256|aes128)(?:\s{1,4}|[:=])(?:"(?<s>[^"]+)"|(?<u>[^\s"'/][^\s"'<]*))/gi,
  /\b(?:mysql|mysqldump|mysqladmin)\b[^|;&\n]{0,400}?\s-p(?<s>[^\s'"-][^\s'"]*)/gi,
  /\b(?:curl|wget)\b[^|;&\n]{0,400}?\s(?:-u|--user)\s{0,4}["']?[^\s:"']{0,256}:(?<s>[^\s"']+)/gi,
  /\bnet1?(?:\.exe)?["']?\s{1,4}user\s{1,4}(?:"[^"]{1,256}"|[^\s/"]{1,256})\s{1,4}(?<s>[^\s/*"]+|"[^"]+")/gi,
  /\bnet1?(?:\.exe)?["']?\s{1,4}use\s{1,4}(?:[a-z]:\s{1,4}|\*\s{1,4})?\\\\\S{1,256}(?:\s{1,4}\/\S{1,256}){0,8}\s{1,4}(?<s>[^\s/*"]+|"[^"]+")/gi,
  /\bsshpass\s{1,4}-p(?<s>[^\s"']+)/gi,
  /\b7za?(?:\.exe)?\b[^|;&\n]{0,400}?\s-p(?<s>[^\s"'<]+)/gi,
  /\becho\s{1,4}["']?(?<s>[^\s|"']{1,256})["']?\s{0,4}\|\s{0,4}(?:sudo\s{1,4}-S|passwd\s{1,4}--stdin|chpasswd)/gi,
  /\bConvertTo-SecureString\s{1,4}(?:-String\s{1,4})?["'](?<s>[^"']+)["']/gi,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,}|glpat-[\w-]{18,}|xox[abeoprs]-[\w-]{10,}|xapp-[\w-]{10,}|[sr]k_(?:live|test)_[A-Za-z0-9]{16,}|AIza[\w-]{35}|npm_[A-Za-z0-9]{30,}|pypi-[\w-]{30,}|hv[sb]\.[\w-]{20,}|SG\.[\w-]{16,64}\.[\w-]{16,}|dop_v1_[0-9a-f]{60,}|AGE-SECRET-KEY-1[A-Z0-9]{50,}|ya29\.[\w-]{20,}|shpat_[0-9a-f]{32}|trapline_[\w-]{16,})/g,
  /\bhooks\.slack\.com\/services\/(?<s>[\w/]+)/g,
  /(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g,
  /\$(?:1|2[aby]|5|6|y|argon2id?)\$[./$=,\w-]{16,}/g,
  /\b[0-9a-f]{32}:[0-9a-f]{32}\b/gi,
]

/** Values that stand where a secret would and are none. */
const NO_SECRET =
  /^(?:-|\*+|x+|<[^>]*>|\[[^\]]*\]|%\w+%|\$\{?\w+\}?|true|false|yes|no|null|none|nil|n\/a|required|unknown|redacted|removed|\(null\)|~?\/(?:[\w.-]+\/?)*|[\d.,:-]{1,5}|REMOVED-SECRET-\d+)$/i

/** Bits a character above which a long mixed string is taken for a key. */
const ENTROPY_MIN_BITS = 4.1
const RANDOM_LENGTH_MIN = 32
const RANDOM = /[A-Za-z0-9+/_=-]{32,}/g
/** One slash in so many characters is what chance puts in base64; paths have more. */
const CHARACTERS_PER_SLASH = 16

/** Secrets that the text around them or their own form gives away; spans may overlap. */
export function secretsIn(text: string): readonly Span[] {
  return PATTERNS.flatMap((pattern) =>
    [...text.matchAll(pattern)].flatMap((match) => {
      const { s, t, u } = match.groups ?? {}
      const value = s ?? t ?? u ?? match[0]
      if (NO_SECRET.test(value)) return []
      const start = match.index + match[0].lastIndexOf(value)
      return [{ start, end: start + value.length }]
    }),
  )
}

/** Long strings that look like chance: keys without a name. */
export function randomIn(text: string): readonly Span[] {
  return [...text.matchAll(RANDOM)]
    .filter(([token]) => isRandom(token))
    .map(({ 0: token, index }) => ({ start: index, end: index + token.length }))
}

/** Whether a value may be a secret where its field's name says so. */
export function isSecretValue(value: string): boolean {
  return value.length >= 3 && !NO_SECRET.test(value) && !/^[\d.:, -]{1,5}$/.test(value)
}

/** Long, mixed and without a pattern; hashes (hexadecimal alone), ids, paths and names in words are none. */
export function isRandom(token: string): boolean {
  if (token.length < RANDOM_LENGTH_MIN) return false
  if (!/[A-Z]/.test(token) || !/[a-z]/.test(token) || !/\d.*\d/.test(token)) return false
  if (/^[0-9a-f-]+$/i.test(token)) return false
  if (token.split('/').length - 1 > token.length / CHARACTERS_PER_SLASH) return false
  return entropyOf_bits(token) >= ENTROPY_MIN_BITS
}

/** Shannon entropy, bits a character. */
export function entropyOf_bits(text: string): number {
  const counts = new Map<string, number>()
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values())
    bits -= (count / text.length) * Math.log2(count / text.length)
  return bits
}
