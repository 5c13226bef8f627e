import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { productQuery } from '../api/queries.js'
import { Failure, Loading } from '../layout/states.js'
import { EntitySetPage } from './entity-set.js'

const route = getRouteApi('/products/$slug/$entitySet')

/** An entity set of a data product. */
export function ProductSet() {
  const { slug, entitySet } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { data, error } = useQuery(productQuery(slug))
  if (error !== null) return <Failure error={error} />
  if (data === undefined) return <Loading lines={8} />
  const owner = { name: data.name, base: `/products/${slug}`, odataUrl: data.odataUrl, entitySets: data.entitySets }
  return <EntitySetPage owner={owner} name={entitySet} search={search} onSearch={(next) => void navigate({ search: next, replace: true })} />
}
