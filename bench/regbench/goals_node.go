package main

// The goals of the registry in Node. Bare Node is already behind the Go and
// Rust registries on small requests, so those are held against bare Node.

func node(metric string, limit float64) bound { return bound{"node*", metric, limit, false} }
func nodeAnd(limit float64) bound             { return bound{"node*", "", limit, true} }

var nodeGoals = []goal{
	{"ping", "ping c16 rate", 4, inJS, node("", 0.6)},
	{"ping", "ping c16 rate", 0, inMemory, node("", 0.6)},
	{"manifest", "manifest-get c16 rate", 4, inJS, node("blob-get 1KiB c16 rate", 0.6)},
	{"manifest", "manifest-get c16 rate", 0, inMemory, node("blob-get 1KiB c16 rate", 0.6)},
	{"blob-get", "blob-get 1KiB c16 rate", 4, inJS, node("", 0.6)},
	{"blob-get", "blob-get 1KiB c16 rate", 0, inMemory, node("", 0.6)},
	{"push-small", "push-small 1KiB c16", 6, inJS, node("", 0.55)},
	{"push-small", "push-small 1KiB c16", 0, inMemory, node("", 0.55)},
	{"blob-get", "blob-get 10MiB c4", 2.5, anOcimem, node("", 0.85)},
	{"blob-get", "blob-get 100MiB c4", 2.5, anOcimem, node("", 0.85)},
	{"push-large", "push-large 100MiB c1", 1.4, inMemory, node("", 0.55)},
	{"push-chunked", "push-chunked 64x1MiB c1", 1.9, inMemory, node("", 0.6)},
	{"push-linear", "push-linear one PUT 128MiB", 0, inMemory, self("push-linear one PUT 8MiB", 0.8)},
	{"push-linear", "push-linear chunked 128MiB", 0, inMemory, self("push-linear chunked 8MiB", 0.8)},
	{"tags-100k", "tags-list n=100 mid of 100000", 40, inMemory, self("tags-list n=100 mid of 1000", 1.25)},
	{"tags-100k", "tags-list n=100 mid of 100000", 0, inMemory, most(200)},
	{"tags-100k", "tags-list all n=1000 of 100000", 10, inMemory, self("tags-list all n=1000 of 10000", 12)},
	{"referrers", "referrers-list of 1000", 1, thatKeeps, bound{}},
	{"referrers", lost, 0, inMemory, most(0)},
	{"start", "cold start", 4, inJS, nodeAnd(30)},
	{"start", "cold start", 0, inMemory, nodeAnd(30)},
	{"start", "idle RSS", 0, inMemory, nodeAnd(15)},
	{"memory", "memory RSS growth / stored, 3 s later", 0, inMemory, most(1.1)},
	{"memory", "memory peak growth / stored", 0, inMemory, most(1.1)},
}
