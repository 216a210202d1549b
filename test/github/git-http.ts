// Git's own smart HTTP: `git http-backend` behind a check of the token.

/** Serves a Git request for a repository below `root`. The token is the password of basic authentication. */
export async function serveGit(
  request: Request,
  path: string,
  root: string,
  userOf: (token: string) => string | undefined,
): Promise<Response> {
  const user = userOf(passwordOf(request.headers.get('authorization')) ?? '')
  if (user === undefined)
    return new Response('authentication is needed', {
      status: 401,
      headers: { 'www-authenticate': 'Basic realm="GitHub"' },
    })
  const url = new URL(request.url)
  const child = Bun.spawn(['git', 'http-backend'], {
    stdin: new Uint8Array(await request.arrayBuffer()),
    stdout: 'pipe',
    stderr: 'pipe',
    env: {
      PATH: process.env.PATH,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: path,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers.get('content-type') ?? '',
      HTTP_CONTENT_ENCODING: request.headers.get('content-encoding') ?? '',
      GIT_PROTOCOL: request.headers.get('git-protocol') ?? '',
      REMOTE_USER: user,
      REMOTE_ADDR: '127.0.0.1',
    },
  })
  const [bytes, problem] = await Promise.all([
    new Response(child.stdout).bytes(),
    new Response(child.stderr).text(),
  ])
  if ((await child.exited) !== 0) return new Response(problem, { status: 500 })
  return answerOf(bytes)
}

function passwordOf(header: string | null): string | undefined {
  const [scheme, value = ''] = (header ?? '').split(' ')
  if (scheme?.toLowerCase() !== 'basic') return undefined
  const text = Buffer.from(value, 'base64').toString()
  return text.slice(text.indexOf(':') + 1)
}

/** An answer as CGI writes it: headers, an empty line, the body. */
function answerOf(bytes: Uint8Array): Response {
  const end = Buffer.from(bytes).indexOf('\r\n\r\n')
  const headers = new Headers()
  let status = 200
  for (const line of Buffer.from(bytes.subarray(0, end)).toString().split('\r\n')) {
    const colon = line.indexOf(':')
    const [name, value] = [line.slice(0, colon), line.slice(colon + 1).trim()]
    if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10)
    else headers.append(name, value)
  }
  return new Response(Buffer.from(bytes.subarray(end + 4)), { status, headers })
}
