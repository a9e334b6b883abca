package clients

import (
	"os"
	"testing"

	"github.com/containerd/containerd/v2/core/remotes"
	"github.com/containerd/containerd/v2/core/remotes/docker"
	"github.com/containerd/platforms"
)

// TestContainerdAuth pushes as somebody and pulls as nobody.
func TestContainerdAuth(t *testing.T) {
	host := host(t)
	user, password := os.Getenv("REGISTRY_USER"), os.Getenv("REGISTRY_PASSWORD")
	resolver := func(user, password string) remotes.Resolver {
		authorizer := docker.NewDockerAuthorizer(docker.WithAuthCreds(func(string) (string, string, error) {
			return user, password, nil
		}))
		return docker.NewResolver(docker.ResolverOptions{
			Hosts: docker.ConfigureDefaultRegistries(
				docker.WithPlainHTTP(docker.MatchAllHosts),
				docker.WithAuthorizer(authorizer),
			),
		})
	}
	push := func(t *testing.T, resolver remotes.Resolver) error {
		pusher, err := resolver.Pusher(t.Context(), host+"/app:v1")
		check(t, err)
		return remotes.PushContent(t.Context(), pusher, root(t, "image"), source(layout("image")), nil, platforms.All, nil)
	}
	t.Run("push-of-nobody-is-refused", func(t *testing.T) {
		if err := push(t, resolver("", "")); err == nil {
			t.Fatal("it was let in")
		}
	})
	t.Run("push", func(t *testing.T) { check(t, push(t, resolver(user, password))) })
	t.Run("pull-by-nobody", func(t *testing.T) {
		_, found, err := resolver("", "").Resolve(t.Context(), host+"/app:v1")
		check(t, err)
		sameDigest(t, root(t, "image"), found)
	})
}
