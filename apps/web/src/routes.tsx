import { createRootRoute, createRoute, createRouter, Link } from '@tanstack/react-router'
import { Anchor, Text } from '@mantine/core'
import { Shell } from './layout/shell.js'
import { Home } from './pages/home.js'
import { Product } from './pages/product.js'
import { ProductSet } from './pages/product-set.js'
import { Service } from './pages/service.js'
import { ServiceSet } from './pages/service-set.js'
import { validatePreviewSearch, type PreviewSearch } from './preview/preview-state.js'

type Raw = Readonly<Record<string, unknown>>
const text = (raw: Raw, name: string) => (typeof raw[name] === 'string' || typeof raw[name] === 'number' ? String(raw[name]) : undefined)

const validateHome = (raw: Raw): { readonly q?: string; readonly kind?: string } => {
  const q = text(raw, 'q')
  const kind = text(raw, 'kind')
  return { ...(q === undefined ? {} : { q }), ...(kind === undefined ? {} : { kind }) }
}

const validateProduct = (raw: Raw): PreviewSearch & { readonly entity?: string } => {
  const entity = text(raw, 'entity')
  return { ...validatePreviewSearch(raw), ...(entity === undefined ? {} : { entity }) }
}

const root = createRootRoute({ component: Shell, notFoundComponent: () => <Text>There is no such page. <Anchor component={Link} to="/">Home</Anchor></Text> })
const home = createRoute({ getParentRoute: () => root, path: '/', validateSearch: validateHome, component: Home })
const service = createRoute({ getParentRoute: () => root, path: '/services/$slug', component: Service })
const serviceSet = createRoute({ getParentRoute: () => root, path: '/services/$slug/$entitySet', validateSearch: validatePreviewSearch, component: ServiceSet })
const product = createRoute({ getParentRoute: () => root, path: '/products/$slug', validateSearch: validateProduct, component: Product })
const productSet = createRoute({ getParentRoute: () => root, path: '/products/$slug/$entitySet', validateSearch: validatePreviewSearch, component: ProductSet })

/** Every page and what its address may hold. */
export const router = createRouter({ routeTree: root.addChildren([home, service, serviceSet, product, productSet]), defaultPreload: 'intent' })

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
