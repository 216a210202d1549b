// Access Server's log: what it says itself, and the lines of its OpenVPN processes and web services in quotes.

/** `[-] [OVPN 2] OUT: '2026-11-20 10:11:12 text'`, `[-] AUTH SUCCESS {..}`, `[stdout#info] [WEB] OUT: "text"`. */
const HEAD =
  /^\[(?:-|stdout#\w{1,16}|stderr#\w{1,16})\] (?:\[[A-Z]{2,8}(?: \d{1,4})?\] (?:OUT|ERR): (?:(['"])(?:\d{4}-\d\d-\d\d[T ][\d:.+]{8,24} (?:\[stdout#\w{1,16}\] )?)?)?)?/

/** Whether a text is a line of Access Server's. */
export function isAccessServer(text: string): boolean {
  return /^\[(?:-|std(?:out|err)#\w{1,16})\] (?:\[(?:OVPN|WEB)|AUTH |VPN Auth|Web login)/.test(text)
}

/** What stands behind its marks and in its quotes; any other text as it is. */
export function accessServerText(text: string): string {
  if (text.charCodeAt(0) !== 0x5b) return text
  const match = HEAD.exec(text.slice(0, 128))
  if (match === null) return text
  const rest = text.slice(match[0].length)
  const quote = match[1]
  const bare = quote !== undefined && rest.endsWith(quote) ? rest.slice(0, -1) : rest
  return bare.includes("\\'") ? bare.replaceAll("\\'", "'") : bare
}
