// Where proposals go, by the settings.
import type { Settings } from '../config.ts'
import type { ProposalParts } from '../services/proposals.ts'

/** The branch of the data folder's own content repository. */
const OWN_BRANCH = 'main'

/** What the settings say of a server's proposals. */
export function proposalPlace(
  settings: Settings,
): Pick<ProposalParts, 'data' | 'branch' | 'remote' | 'target' | 'emailDomain' | 'environment'> {
  const { data, content, contentBranch, authorDomain } = settings
  return {
    data,
    remote: content,
    branch: content === undefined ? OWN_BRANCH : contentBranch,
    target: content === undefined ? 'local' : 'git',
    emailDomain: authorDomain,
    environment: async () => ({}),
  }
}
