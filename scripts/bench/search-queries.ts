// The 30 questions of the search benchmark. `share`: the part of the day that they ask about.
import { COMMON_WORD, RARE_WORD } from './events.ts'

export interface Ask {
  readonly name: string
  readonly kind: 'search' | 'count' | 'histogram' | 'top'
  readonly query: string
  readonly limit?: number
  readonly field?: string
  readonly order?: 'most' | 'fewest'
  readonly share?: readonly [number, number]
}

const IMAGE = 'Image:*\\\\chrome.exe'

export const QUERIES: readonly Ask[] = [
  { name: 'rare word with rows', kind: 'search', query: RARE_WORD },
  { name: 'absent word', kind: 'search', query: 'nosuchwordanywhere' },
  { name: 'three words with rows', kind: 'search', query: 'user77 blocked outlook' },
  { name: 'one host', kind: 'search', query: 'host:ws-1234' },
  { name: 'one host, as column', kind: 'search', query: '@host:ws-1234' },
  { name: 'one host and a word', kind: 'search', query: 'host:ws-1234 schedule' },
  { name: 'newest of everything', kind: 'search', query: '' },
  { name: 'newest of everything, old hour', kind: 'search', query: '', share: [0.2, 0.24] },
  { name: 'newest of a common word', kind: 'search', query: COMMON_WORD },
  { name: 'newest not', kind: 'search', query: `not ${COMMON_WORD}` },
  { name: 'phrase', kind: 'search', query: '"no operator action" user4242' },
  { name: 'an address', kind: 'search', query: 'src_ip:10.7.7.7' },
  { name: 'a network', kind: 'search', query: 'src_ip:10.7.7.0/24' },
  { name: 'a number', kind: 'search', query: 'process_id:4711' },
  { name: 'an absent host', kind: 'search', query: 'host:nohost' },
  { name: 'field ends with', kind: 'search', query: IMAGE },
  { name: 'substring, absent, any field', kind: 'search', query: '*qzzyqx*' },
  { name: 'substring, hex, any field', kind: 'search', query: '*c0ffee1*' },
  { name: 'substring, common, any field', kind: 'search', query: '*owershel*' },
  { name: 'substring of a field', kind: 'search', query: 'CommandLine:*inventor*' },
  { name: 'regex with a literal', kind: 'search', query: 'CommandLine:/inventory\\.ps[12]/' },
  { name: 'regex with a rare literal', kind: 'search', query: `message:/${RARE_WORD}\\s+p/` },
  { name: 'regex on the message', kind: 'search', query: 'message:/user42[0-4]1 on ws-19/' },
  { name: 'count of everything', kind: 'count', query: '' },
  { name: 'count of a common word', kind: 'count', query: COMMON_WORD },
  { name: 'count of field:word', kind: 'count', query: 'severity:high' },
  { name: '5-minute histogram of everything', kind: 'histogram', query: '' },
  { name: '5-minute histogram of a common word', kind: 'histogram', query: COMMON_WORD },
  { name: 'top 10 of 2,000 hosts', kind: 'top', query: '', field: 'host' },
  { name: 'top hosts of a common word', kind: 'top', query: COMMON_WORD, field: 'host' },
]
