package main

import "time"

type scenario struct {
	name    string
	ceiling bool // a bare server can run it too
	peak    bool // its peak RSS is a figure of its own
	run     func(t *target, r *result)
}

// tags100k takes minutes with a server whose listing is quadratic, so it runs only when named.
const tags100k = "tags-100k"

var scenarios = []scenario{
	{"ping", true, false, runPing},
	{"manifest", false, false, runManifest},
	{"blob-get", true, false, runBlobGet},
	{"push-small", true, true, runPushSmall},
	{"push-large", true, true, runPushLarge},
	{"push-chunked", true, false, runPushChunked},
	{"push-linear", true, false, runPushLinear},
	{"image", false, false, runImage},
	{"tags", false, true, func(t *target, r *result) { runTags(t, r, []int{1000, 10000}, 20*time.Second) }},
	{tags100k, false, true, func(t *target, r *result) { runTags(t, r, []int{1000, 100000}, 60*time.Second) }},
	{"referrers", false, false, runReferrers},
	{"scaling", false, true, runScaling},
	{"memory", false, false, runMemory},
}

func known(name string) bool {
	for _, s := range scenarios {
		if s.name == name {
			return true
		}
	}
	return name == "start"
}
