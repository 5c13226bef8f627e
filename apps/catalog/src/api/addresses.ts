/** What has addresses of its data. */
interface Addressed {
  readonly odataUrl: string
  readonly graphqlUrl: string
}

/** The use cases answer path-absolute addresses; callers get absolute ones, as they see the hub. */
export const withOrigin = <View extends Addressed>(view: View, origin: string): View =>
  ({ ...view, odataUrl: `${origin}${view.odataUrl}`, graphqlUrl: `${origin}${view.graphqlUrl}` })
