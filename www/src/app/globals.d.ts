/** What the build puts in: the name of the worker for pages without a service worker. */
declare const __WORKER__: string;
