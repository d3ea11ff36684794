import { useQuery } from '@tanstack/react-query'
import { getSignInOptions } from '#contract/auth'
import { queryFor } from '../../lib/query.ts'
import { FactorsCard } from './factors-card.tsx'
import { GithubCard } from './github-card.tsx'
import { PasskeysCard } from './passkeys-card.tsx'
import { PasswordCard } from './password-card.tsx'
import { SessionsCard } from './sessions-card.tsx'

/** How one signs in, with what else one proves it, and where one is signed in. */
export function SecurityPage() {
  const options = useQuery(queryFor(getSignInOptions, {})).data
  return (
    <>
      <PasswordCard />
      <FactorsCard />
      <PasskeysCard isPossible={options?.passkeys ?? false} />
      <GithubCard isOffered={options?.github ?? false} />
      <SessionsCard />
    </>
  )
}
