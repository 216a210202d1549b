// Settings of what is outside: the content repository, GitHub, the webhook.
import { z } from 'zod'
import {
  optionalHttpUrl,
  optionalNumber,
  optionalText,
  type Problem,
  type Setting,
  whole,
} from './config-schemas.ts'
import { remoteName } from './proposals/remote.ts'

/** Part of the table in `config.ts`. */
export const REMOTE_SETTINGS = {
  content: {
    variable: 'TRAPLINE_CONTENT',
    type: 'path or Git URL',
    default: '',
    help: 'Content repository that the server follows; without it releases are pushed.',
    schema: z
      .string()
      .refine((text) => !text.startsWith('-'), 'must be a path or a Git URL')
      .transform((text) => (text === '' ? undefined : text)),
  },
  contentBranch: {
    variable: 'TRAPLINE_CONTENT_BRANCH',
    type: 'branch',
    default: 'main',
    help: 'Branch of TRAPLINE_CONTENT whose head goes live.',
    schema: z.string().regex(/^[\w./][\w./-]*$/, 'must be the name of a branch'),
  },
  contentPoll_s: {
    variable: 'TRAPLINE_CONTENT_POLL_S',
    type: 'seconds',
    default: '60',
    help: 'How often TRAPLINE_CONTENT is asked for a new head.',
    schema: whole(1, 86_400),
  },
  authorDomain: {
    variable: 'TRAPLINE_AUTHOR_DOMAIN',
    type: 'domain',
    default: 'trapline.invalid',
    help: 'Authors of commits made on a page are NAME@this.',
    schema: z.string().regex(/^[a-zA-Z0-9.-]+$/, 'must be a domain name'),
  },
  githubToken: {
    variable: 'TRAPLINE_GITHUB_TOKEN',
    type: 'token',
    default: '',
    help: 'Opens pull requests and sets commit statuses at the GitHub repository of TRAPLINE_CONTENT.',
    secret: true,
    schema: optionalText,
  },
  githubAppId: {
    variable: 'TRAPLINE_GITHUB_APP_ID',
    type: 'number',
    default: '',
    help: 'A GitHub App instead of a token, with _APP_KEY and _INSTALLATION_ID.',
    schema: optionalNumber,
  },
  githubAppKey: {
    variable: 'TRAPLINE_GITHUB_APP_KEY',
    type: 'PEM file',
    default: '',
    help: 'Private key of the GitHub App.',
    schema: optionalText,
  },
  githubInstallationId: {
    variable: 'TRAPLINE_GITHUB_INSTALLATION_ID',
    type: 'number',
    default: '',
    help: 'Installation of the GitHub App at the repository.',
    schema: optionalNumber,
  },
  githubApi: {
    variable: 'TRAPLINE_GITHUB_API',
    type: 'URL',
    default: '',
    help: 'Base of GitHub’s REST API where it is not https://api.github.com.',
    schema: optionalHttpUrl,
  },
  githubRepository: {
    variable: 'TRAPLINE_GITHUB_REPOSITORY',
    type: 'OWNER/NAME',
    default: '',
    help: 'The repository at GitHub, where TRAPLINE_CONTENT does not name it.',
    schema: optionalText.refine(
      (name) => name === undefined || /^[\w.-]+\/[\w.-]+$/.test(name),
      'must be OWNER/NAME',
    ),
  },
  githubWebhookSecret: {
    variable: 'TRAPLINE_GITHUB_WEBHOOK_SECRET',
    type: 'text',
    default: '',
    help: 'Secret of the GitHub webhook at /webhooks/github; without it none is taken.',
    secret: true,
    schema: optionalText,
  },
  webhookUrl: {
    variable: 'TRAPLINE_WEBHOOK_URL',
    type: 'URL',
    default: '',
    help: 'Every new alert is posted here as JSON.',
    secret: true,
    schema: optionalHttpUrl,
  },
  webhookSecret: {
    variable: 'TRAPLINE_WEBHOOK_SECRET',
    type: 'text',
    default: '',
    help: 'Signs the posts to TRAPLINE_WEBHOOK_URL: x-siem-signature.',
    secret: true,
    schema: optionalText,
  },
  releaseSigners: {
    variable: 'TRAPLINE_RELEASE_SIGNERS',
    type: 'allowed_signers file',
    default: '',
    help: 'Where set, a pushed release must be signed by one of these SSH keys.',
    schema: optionalText,
  },
} as const satisfies Record<string, Setting<unknown>>

type RemoteSettings = {
  readonly [name in keyof typeof REMOTE_SETTINGS]: z.output<
    (typeof REMOTE_SETTINGS)[name]['schema']
  >
}

/** A GitHub App is whole or not there; credentials need a repository, and go over TLS only. */
export function checkGitHub(settings: RemoteSettings): Problem[] {
  const { githubToken, githubAppId, githubAppKey, githubInstallationId, content } = settings
  const app = { githubAppId, githubAppKey, githubInstallationId }
  const missing = (Object.keys(app) as (keyof typeof app)[]).filter((n) => app[n] === undefined)
  const problem = (name: keyof RemoteSettings, message: string): Problem => ({
    variable: REMOTE_SETTINGS[name].variable,
    message,
  })
  if (missing.length === 1 || missing.length === 2)
    return missing.map((name) => problem(name, 'is needed: a GitHub App takes all three settings'))
  if (missing.length > 0 && githubToken === undefined) return []
  const given = githubToken === undefined ? 'githubAppId' : 'githubToken'
  if (content === undefined) return [problem(given, 'needs TRAPLINE_CONTENT, the repository')]
  if (settings.githubRepository === undefined && remoteName(content) === undefined)
    return [problem('githubRepository', 'is needed: TRAPLINE_CONTENT does not name it')]
  return (['content', 'githubApi'] as const)
    .filter((name) => /^http:/.test(settings[name] ?? '') && !isLoopback(settings[name]!))
    .map((name) => problem(name, 'must be https: a token is sent there'))
}

function isLoopback(url: string): boolean {
  return /^(127(\.\d+){3}|localhost|\[::1\])$/.test(new URL(url).hostname)
}
