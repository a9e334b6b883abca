package clients

import (
	"context"
	"errors"
	"io"
	"os"
	"testing"

	"github.com/containerd/containerd/v2/core/content"
	"github.com/containerd/containerd/v2/core/images"
	"github.com/containerd/containerd/v2/core/remotes"
	"github.com/containerd/containerd/v2/core/remotes/docker"
	"github.com/containerd/containerd/v2/core/transfer"
	"github.com/containerd/containerd/v2/plugins/content/local"
	"github.com/containerd/errdefs"
	"github.com/containerd/platforms"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// TestContainerd does what containerd's push and pull do, with its resolver for Docker's API.
func TestContainerd(t *testing.T) {
	host := host(t)
	c := containerd{host}
	for _, name := range []string{"image", "index", "empty-archive", "200-mib"} {
		t.Run("push-"+name, func(t *testing.T) { c.push(t, name, name+":v1") })
		t.Run("pull-"+name, func(t *testing.T) { c.pull(t, name, name+":v1") })
	}
	// containerd pushes a layer of no bytes, but refuses to pull one.
	t.Run("push-empty-layer", func(t *testing.T) { c.pushEmptyLayer(t) })
	// By digest: what it pushes to a tag, it expects back by the algorithm it knows it by.
	sha512 := "sha512@" + root(t, "sha512").Digest.String()
	t.Run("push-sha512", func(t *testing.T) { c.push(t, "sha512", sha512) })
	t.Run("pull-sha512", func(t *testing.T) { c.pull(t, "sha512", sha512) })
	t.Run("pull-200-mib-in-ranges", func(t *testing.T) {
		buffer := transfer.WithConcurrentLayerFetchBuffer(16 << 20)
		c.pull(t, "200-mib", "200-mib:v1", buffer, transfer.WithMaxConcurrentDownloads(4))
	})
	t.Run("tag", func(t *testing.T) {
		c.push(t, "image", "image:v2")
		c.pull(t, "image", "image:v2")
	})
	t.Run("mount", func(t *testing.T) { c.mount(t) })
	t.Run("pull-by-digest", func(t *testing.T) {
		c.pull(t, "image", "image@"+root(t, "image").Digest.String())
	})
	t.Run("fetch-by-digest", func(t *testing.T) { c.fetchByDigest(t) })
	t.Run("resume-blob", func(t *testing.T) { c.resume(t) })
	t.Run("push-artifact", func(t *testing.T) { c.push(t, "artifact", "image:sbom") })
	t.Run("referrers", func(t *testing.T) { c.referrers(t) })
	t.Run("unknown-is-not-found", func(t *testing.T) {
		if _, _, err := c.resolver().Resolve(t.Context(), c.ref("image:none")); !errdefs.IsNotFound(err) {
			t.Fatalf("an unknown tag answers %v", err)
		}
	})
}

type containerd struct{ host string }

func (c containerd) ref(name string) string { return c.host + "/" + name }

func (c containerd) resolver(opts ...transfer.ImageResolverOption) remotes.Resolver {
	resolver := docker.NewResolver(docker.ResolverOptions{
		Hosts: docker.ConfigureDefaultRegistries(docker.WithPlainHTTP(docker.MatchAllHosts)),
	})
	if settable, ok := resolver.(remotes.ResolverWithOptions); ok {
		settable.SetOptions(opts...)
	}
	return resolver
}

func (c containerd) push(t *testing.T, name, to string) {
	t.Helper()
	pusher, err := c.resolver().Pusher(t.Context(), c.ref(to))
	check(t, err)
	check(t, remotes.PushContent(t.Context(), pusher, root(t, name), source(layout(name)), nil, platforms.All, nil))
	_, found, err := c.resolver().Resolve(t.Context(), c.ref(to))
	check(t, err)
	sameDigest(t, root(t, name), found)
}

// pushEmptyLayer pushes a layer of no bytes. containerd does not wait for the answer to a body without bytes
// (pushWriter.Commit returns as soon as the body is asked for), so its manifest may arrive before the layer: then the
// registry is right to refuse it, and it is pushed again.
func (c containerd) pushEmptyLayer(t *testing.T) {
	const name, to = "empty-layer", "empty-layer:v1"
	push := func() error {
		pusher, err := c.resolver().Pusher(t.Context(), c.ref(to))
		check(t, err)
		return remotes.PushContent(t.Context(), pusher, root(t, name), source(layout(name)), nil, platforms.All, nil)
	}
	err := push()
	for tries := 1; err != nil && tries < 5; tries++ {
		t.Logf("pushed again: %v", err)
		err = push()
	}
	check(t, err)
	_, found, err := c.resolver().Resolve(t.Context(), c.ref(to))
	check(t, err)
	sameDigest(t, root(t, name), found)
}

func (c containerd) pull(t *testing.T, name, from string, opts ...transfer.ImageResolverOption) {
	t.Helper()
	resolver := c.resolver(opts...)
	ref, desc, err := resolver.Resolve(t.Context(), c.ref(from))
	check(t, err)
	fetcher, err := resolver.Fetcher(t.Context(), ref)
	check(t, err)
	dir := t.TempDir()
	store, err := local.NewStore(dir)
	check(t, err)
	fetch := images.Handlers(remotes.FetchHandler(store, fetcher), images.ChildrenHandler(store))
	check(t, images.Dispatch(t.Context(), fetch, nil, desc))
	sameBlobs(t, name, dir)
}

// mount pushes a layer that another repository has: nothing of it may be uploaded again.
func (c containerd) mount(t *testing.T) {
	layer := manifest(t, "image").Layers[0]
	layer.Annotations = map[string]string{"containerd.io/distribution.source.127.0.0.1": "image"}
	tracker := docker.NewInMemoryTracker()
	resolver := docker.NewResolver(docker.ResolverOptions{
		Hosts:   docker.ConfigureDefaultRegistries(docker.WithPlainHTTP(docker.MatchAllHosts)),
		Tracker: tracker,
	})
	pusher, err := resolver.Pusher(t.Context(), c.ref("mounted:v1"))
	check(t, err)
	if _, err := pusher.Push(t.Context(), layer); !errdefs.IsAlreadyExists(err) {
		t.Fatalf("mounting a layer answers %v", err)
	}
	status, err := tracker.GetStatus(remotes.MakeRefKey(t.Context(), layer))
	check(t, err)
	if status.MountedFrom == "" {
		t.Fatalf("the layer was not mounted: %+v", status)
	}
}

func (c containerd) fetchByDigest(t *testing.T) {
	layer := manifest(t, "image").Layers[1]
	fetcher, err := c.resolver().Fetcher(t.Context(), c.ref("image:v1"))
	check(t, err)
	body, _, err := fetcher.(remotes.FetcherByDigest).FetchByDigest(t.Context(), layer.Digest)
	check(t, err)
	defer body.Close()
	found, err := layer.Digest.Algorithm().FromReader(body)
	check(t, err)
	if found != layer.Digest {
		t.Fatalf("fetched the bytes of %s, not of %s", found, layer.Digest)
	}
}

// resume reads a layer from its middle, as after a connection that broke.
func (c containerd) resume(t *testing.T) {
	layer := manifest(t, "image").Layers[1]
	fetcher, err := c.resolver().Fetcher(t.Context(), c.ref("image:v1"))
	check(t, err)
	body, err := fetcher.Fetch(t.Context(), layer)
	check(t, err)
	defer body.Close()
	_, err = body.(io.Seeker).Seek(layer.Size/2, io.SeekStart)
	check(t, err)
	found, err := io.ReadAll(body)
	check(t, err)
	whole, err := os.ReadFile(blob(layout("image"), layer.Digest))
	check(t, err)
	if string(found) != string(whole[layer.Size/2:]) {
		t.Fatalf("the second half has %d bytes, or other ones", len(found))
	}
}

func (c containerd) referrers(t *testing.T) {
	fetcher, err := c.resolver().Fetcher(t.Context(), c.ref("image:v1"))
	check(t, err)
	list := func(opts ...remotes.FetchReferrersOpt) []ocispec.Descriptor {
		found, err := fetcher.(remotes.ReferrersFetcher).FetchReferrers(t.Context(), root(t, "image").Digest, opts...)
		check(t, err)
		return found
	}
	referrersAre(t, list(), root(t, "artifact"))
	referrersAre(t, list(remotes.WithReferrerArtifactTypes(sbom)), root(t, "artifact"))
	if found := list(remotes.WithReferrerArtifactTypes("application/vnd.example.other")); len(found) != 0 {
		t.Fatalf("another type has the referrers %+v", found)
	}
}

// source gives out the blobs of a layout.
type source string

func (s source) ReaderAt(_ context.Context, desc ocispec.Descriptor) (content.ReaderAt, error) {
	file, err := os.Open(blob(string(s), desc.Digest))
	if errors.Is(err, os.ErrNotExist) {
		return nil, errdefs.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return reader{file, desc.Size}, nil
}

type reader struct {
	*os.File
	size int64
}

func (r reader) Size() int64 { return r.size }
