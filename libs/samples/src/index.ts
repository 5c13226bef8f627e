/** The sample landscape: Northwind split over three services, and the data product that joins them. */
export { sampleLandscape } from './sample-landscape.js'
export { sampleServices, type SampleService } from './sample-services.js'
