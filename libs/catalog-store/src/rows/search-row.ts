import type { SearchDocument } from '@tributary/catalog'
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'

/** A search document; its tokens are in the full-text index of the dialect. */
@Entity('search_document')
export class SearchRow {
  @PrimaryGeneratedColumn() declare id: number
  @Column('text', { name: 'document_id' }) declare documentId: string
  @Column('text') declare slug: string
  @Column('text') declare kind: string
  @Column('text') declare name: string
  /** The name without case and separators: a query that is just that comes first. */
  @Column('text', { name: 'folded_name' }) declare foldedName: string
  @Column('text') declare environment: string
  @Column('text') declare type: string
  @Column('text') declare owner: string
  @Column('boolean') declare validated: boolean
  @Column('simple-json') declare tags: readonly string[]
  @Column('simple-json') declare capabilities: readonly string[]
  @Column('simple-json') declare document: SearchDocument
}
