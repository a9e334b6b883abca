/** What the build puts in: the name of the worker for pages without a service worker. */
declare const __WORKER__: string;
/** The file that reads archives of images. */
declare const __IMAGES__: string;
