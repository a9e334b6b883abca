// Package clients pushes to and pulls from a registry with Go libraries.
// REGISTRY_URL names the registry, IMAGES_DIR the folder of OCI image layouts to push.
package clients

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// sbom is the type of the artifact in the layout "artifact", whose subject is in "image".
const sbom = "application/vnd.example.sbom"

// host is the registry's HOST:PORT.
func host(t *testing.T) string {
	t.Helper()
	host, found := strings.CutPrefix(os.Getenv("REGISTRY_URL"), "http://")
	if !found {
		t.Fatal("REGISTRY_URL names no registry")
	}
	return host
}

// layout is the folder of a layout to push.
func layout(name string) string {
	return filepath.Join(os.Getenv("IMAGES_DIR"), name)
}

// root is the descriptor of the one manifest or index that a layout's index.json lists.
func root(t *testing.T, name string) ocispec.Descriptor {
	t.Helper()
	bytes, err := os.ReadFile(filepath.Join(layout(name), "index.json"))
	check(t, err)
	var index ocispec.Index
	check(t, json.Unmarshal(bytes, &index))
	desc := index.Manifests[0]
	desc.Annotations = nil
	return desc
}

// manifest is the parsed manifest that a layout's index.json lists.
func manifest(t *testing.T, name string) ocispec.Manifest {
	t.Helper()
	bytes, err := os.ReadFile(blob(layout(name), root(t, name).Digest))
	check(t, err)
	var manifest ocispec.Manifest
	check(t, json.Unmarshal(bytes, &manifest))
	return manifest
}

// sameBlobs fails unless every blob of the layout is in the folder that was pulled to.
func sameBlobs(t *testing.T, name, pulled string) {
	t.Helper()
	blobs := filepath.Join(layout(name), "blobs")
	check(t, filepath.WalkDir(blobs, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		want := digest.NewDigestFromEncoded(digest.Algorithm(filepath.Base(filepath.Dir(path))), entry.Name())
		file, err := os.Open(blob(pulled, want))
		if err != nil {
			return err
		}
		defer file.Close()
		found, err := want.Algorithm().FromReader(file)
		if err == nil && found != want {
			t.Errorf("pulled %s with the bytes of %s", want, found)
		}
		return err
	}))
}

func blob(dir string, dgst digest.Digest) string {
	return filepath.Join(dir, "blobs", dgst.Algorithm().String(), dgst.Encoded())
}

// referrersAre fails unless the list is the artifact alone, described in full.
func referrersAre(t *testing.T, found []ocispec.Descriptor, artifact ocispec.Descriptor) {
	t.Helper()
	if len(found) != 1 || found[0].Digest != artifact.Digest || found[0].Size != artifact.Size || found[0].ArtifactType != sbom {
		t.Fatalf("the referrers are %+v, not %s alone", found, artifact.Digest)
	}
}

func sameDigest(t *testing.T, want, found ocispec.Descriptor) {
	t.Helper()
	if found.Digest != want.Digest || found.Size != want.Size || found.MediaType != want.MediaType {
		t.Fatalf("found %s %s of %d bytes, pushed %s %s of %d", found.MediaType, found.Digest, found.Size, want.MediaType, want.Digest, want.Size)
	}
}

func sameList(t *testing.T, want, found []string) {
	t.Helper()
	if !slices.Equal(want, found) {
		t.Fatalf("found %q, expected %q", found, want)
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
