/** What a caller may do; each role includes the ones before it. */
export type Role = 'reader' | 'owner' | 'curator' | 'admin'

/** Who calls. */
export interface Principal {
  /** Stable name for audit and policies: `local`, `admin`, `process`. */
  readonly id: string
  readonly role: Role
  /** How the caller was known: by being on this machine, by the administrator's token, or as this very process. */
  readonly via: 'local' | 'token' | 'process'
}

const principal = (id: string, role: Role, via: Principal['via']): Principal => Object.freeze({ id, role, via })

/** The three callers there are without an identity provider. */
export const principals = Object.freeze({
  local: principal('local', 'admin', 'local'),
  administrator: principal('admin', 'admin', 'token'),
  process: principal('process', 'reader', 'process'),
})
