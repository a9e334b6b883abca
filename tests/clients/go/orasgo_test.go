package clients

import (
	"errors"
	"fmt"
	"io"
	"os"
	"testing"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2"
	"oras.land/oras-go/v2/content/oci"
	"oras.land/oras-go/v2/errdef"
	"oras.land/oras-go/v2/registry/remote"
)

// TestOrasGo copies between layouts and the registry with oras-go.
func TestOrasGo(t *testing.T) {
	host := host(t)
	o := orasGo{host}
	for _, name := range []string{"image", "index", "empty-layer", "200-mib"} {
		t.Run("push-"+name, func(t *testing.T) { o.push(t, name, name, "v1") })
		t.Run("pull-"+name, func(t *testing.T) { o.pull(t, name, name, "v1") })
	}
	t.Run("push-sha512", func(t *testing.T) { o.pushSHA512(t) })
	t.Run("pull-sha512", func(t *testing.T) {
		o.pull(t, "sha512", "sha512", root(t, "sha512").Digest.String())
	})
	t.Run("copy", func(t *testing.T) {
		from, to := o.repository(t, "index"), o.repository(t, "copy/of/index")
		_, err := oras.Copy(t.Context(), from, "v1", to, "v1", oras.DefaultCopyOptions)
		check(t, err)
		o.pull(t, "index", "copy/of/index", "v1")
	})
	t.Run("mount", func(t *testing.T) { o.mount(t) })
	t.Run("tag", func(t *testing.T) {
		for _, tag := range []string{"v2", "v3", "a"} {
			_, err := oras.Tag(t.Context(), o.repository(t, "image"), "v1", tag)
			check(t, err)
		}
	})
	t.Run("list-tags", func(t *testing.T) { sameList(t, []string{"a", "v1", "v2", "v3"}, o.tags(t, "image", 0)) })
	t.Run("list-tags-in-pages", func(t *testing.T) {
		sameList(t, []string{"a", "v1", "v2", "v3"}, o.tags(t, "image", 3))
		sameList(t, []string{"a", "v1", "v2", "v3"}, o.tags(t, "image", 2))
	})
	t.Run("catalog", func(t *testing.T) { o.catalog(t) })
	t.Run("push-artifact", func(t *testing.T) {
		o.push(t, "artifact", "image", "sbom")
		// Where there is no referrers API, oras-go keeps a list under a tag of the subject's digest.
		sameList(t, []string{"a", "sbom", "v1", "v2", "v3"}, o.tags(t, "image", 0))
	})
	t.Run("referrers", func(t *testing.T) { o.referrers(t) })
	t.Run("referrers-in-pages", func(t *testing.T) { o.manyReferrers(t) })
	t.Run("delete-manifest", func(t *testing.T) {
		repository := o.repository(t, "image")
		check(t, repository.Delete(t.Context(), root(t, "artifact")))
		found, err := oras.Resolve(t.Context(), repository, "sbom", oras.DefaultResolveOptions)
		if !errors.Is(err, errdef.ErrNotFound) {
			t.Fatalf("after its deletion the artifact answers %v, %v", found, err)
		}
		check(t, repository.Referrers(t.Context(), root(t, "image"), sbom, func(found []ocispec.Descriptor) error {
			if len(found) > 0 {
				return fmt.Errorf("still listed: %+v", found)
			}
			return nil
		}))
	})
	t.Run("delete-blob", func(t *testing.T) {
		blobs := o.repository(t, "mounted").Blobs()
		layer := manifest(t, "image").Layers[0]
		check(t, blobs.Delete(t.Context(), layer))
		exists, err := blobs.Exists(t.Context(), layer)
		check(t, err)
		if exists {
			t.Fatal("the blob is still there")
		}
	})
}

type orasGo struct{ host string }

func (o orasGo) repository(t *testing.T, name string) *remote.Repository {
	t.Helper()
	repository, err := remote.NewRepository(o.host + "/" + name)
	check(t, err)
	repository.PlainHTTP = true
	return repository
}

func (o orasGo) push(t *testing.T, name, repository, tag string) {
	t.Helper()
	from, err := oci.NewFromFS(t.Context(), os.DirFS(layout(name)))
	check(t, err)
	to := o.repository(t, repository)
	_, err = oras.Copy(t.Context(), from, "v1", to, tag, oras.DefaultCopyOptions)
	check(t, err)
	found, err := oras.Resolve(t.Context(), to, tag, oras.DefaultResolveOptions)
	check(t, err)
	sameDigest(t, root(t, name), found)
}

// pushSHA512 pushes by digest alone: oras-go does not tell a registry the digest of what gets a tag,
// and expects it back by sha512 all the same.
func (o orasGo) pushSHA512(t *testing.T) {
	from, err := oci.NewFromFS(t.Context(), os.DirFS(layout("sha512")))
	check(t, err)
	to := o.repository(t, "sha512")
	check(t, oras.CopyGraph(t.Context(), from, to, root(t, "sha512"), oras.DefaultCopyGraphOptions))
	found, err := to.Resolve(t.Context(), root(t, "sha512").Digest.String())
	check(t, err)
	sameDigest(t, root(t, "sha512"), found)
}

func (o orasGo) pull(t *testing.T, name, repository, tag string) {
	t.Helper()
	dir := t.TempDir()
	to, err := oci.New(dir)
	check(t, err)
	_, err = oras.Copy(t.Context(), o.repository(t, repository), tag, to, "v1", oras.DefaultCopyOptions)
	check(t, err)
	sameBlobs(t, name, dir)
}

func (o orasGo) mount(t *testing.T) {
	layer := manifest(t, "image").Layers[0]
	to := o.repository(t, "mounted")
	check(t, to.Mount(t.Context(), layer, "image", func() (io.ReadCloser, error) {
		return nil, errors.New("the registry wants the layer uploaded")
	}))
	exists, err := to.Blobs().Exists(t.Context(), layer)
	check(t, err)
	if !exists {
		t.Fatal("the mounted layer is not there")
	}
}

func (o orasGo) tags(t *testing.T, name string, page int) (tags []string) {
	t.Helper()
	repository := o.repository(t, name)
	repository.TagListPageSize = page
	check(t, repository.Tags(t.Context(), "", func(more []string) error {
		if page > 0 && len(more) > page {
			return fmt.Errorf("a page of %d tags, %d were asked for", len(more), page)
		}
		tags = append(tags, more...)
		return nil
	}))
	return tags
}

func (o orasGo) catalog(t *testing.T) {
	registry, err := remote.NewRegistry(o.host)
	check(t, err)
	registry.PlainHTTP = true
	registry.RepositoryListPageSize = 2
	var names []string
	check(t, registry.Repositories(t.Context(), "", func(more []string) error {
		names = append(names, more...)
		return nil
	}))
	sameList(t, []string{"200-mib", "copy/of/index", "empty-layer", "image", "index", "mounted", "sha512"}, names)
}

func (o orasGo) referrers(t *testing.T) {
	repository := o.repository(t, "image")
	list := func(kind string) (found []ocispec.Descriptor) {
		check(t, repository.Referrers(t.Context(), root(t, "image"), kind, func(more []ocispec.Descriptor) error {
			found = append(found, more...)
			return nil
		}))
		return found
	}
	referrersAre(t, list(""), root(t, "artifact"))
	referrersAre(t, list(sbom), root(t, "artifact"))
	if found := list("application/vnd.example.other"); len(found) != 0 {
		t.Fatalf("another type has the referrers %+v", found)
	}
}

// manyReferrers refers to one manifest more often than a page of referrers can hold.
func (o orasGo) manyReferrers(t *testing.T) {
	repository := o.repository(t, "index")
	subject := root(t, "index")
	const count = 150
	for i := range count {
		options := oras.PackManifestOptions{
			Subject:             &subject,
			ManifestAnnotations: map[string]string{"number": fmt.Sprint(i), ocispec.AnnotationCreated: "2024-01-01T00:00:00Z"},
		}
		_, err := oras.PackManifest(t.Context(), repository, oras.PackManifestVersion1_1, sbom, options)
		check(t, err)
	}
	repository.ReferrerListPageSize = 40
	seen := map[string]bool{}
	check(t, repository.Referrers(t.Context(), subject, "", func(more []ocispec.Descriptor) error {
		for _, desc := range more {
			seen[desc.Annotations["number"]] = true
		}
		return nil
	}))
	if len(seen) != count {
		t.Fatalf("listed %d of %d referrers", len(seen), count)
	}
}
