import type { ProductDefinition } from '@tributary/catalog'
import { Column, Entity, PrimaryColumn } from 'typeorm'

/** A data product; its definition is kept as its author wrote it. */
@Entity('product')
export class ProductRow {
  @PrimaryColumn('text') declare uuid: string
  @Column('text') declare slug: string
  @Column('simple-json') declare definition: ProductDefinition
  @Column('simple-json') declare broken: readonly string[]
  @Column('boolean') declare sample: boolean
  @Column('text', { name: 'created_at' }) declare createdAt: string
  @Column('text', { name: 'changed_at' }) declare changedAt: string
  @Column('integer') declare revision: number
}

/** Which services a product is made of. */
@Entity('product_service')
export class ProductServiceRow {
  @PrimaryColumn('text', { name: 'product_uuid' }) declare productUuid: string
  @PrimaryColumn('text', { name: 'service_slug' }) declare serviceSlug: string
}

/** One slug, owned by a service or a product: what makes slugs unique over both. */
@Entity('slug')
export class SlugRow {
  @PrimaryColumn('text') declare slug: string
  @Column('text', { name: 'owner_uuid' }) declare ownerUuid: string
}
