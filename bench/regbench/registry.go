package main

// Operations on a registry: each sends its requests and checks every answer.

import (
	"fmt"
	"strings"
)

// want turns an answer of another status into an error.
func want(r resp, err error, status ...int) error {
	if err != nil {
		return err
	}
	for _, s := range status {
		if r.status == s {
			return nil
		}
	}
	return fmt.Errorf("status %d, wanted %v", r.status, status)
}

func withDigest(loc, digest string) string {
	if strings.Contains(loc, "?") {
		return loc + "&digest=" + digest
	}
	return loc + "?digest=" + digest
}

func beginUpload(c *conn, repo string) (string, error) {
	r, err := c.do("POST", "/v2/"+repo+"/blobs/uploads/", "", discard)
	if err := want(r, err, 202); err != nil {
		return "", fmt.Errorf("POST upload: %w", err)
	}
	return locate(r.location)
}

func endUpload(c *conn, loc, digest string, body ...[]byte) error {
	r, err := c.do("PUT", withDigest(loc, digest), hdrOctet, discard, body...)
	if err := want(r, err, 201); err != nil {
		return fmt.Errorf("PUT blob: %w", err)
	}
	if r.digest != "" && r.digest != digest {
		return fmt.Errorf("PUT blob: Docker-Content-Digest %s, wanted %s", r.digest, digest)
	}
	return nil
}

func putBlob(c *conn, repo string, b blob) error {
	loc, err := beginUpload(c, repo)
	if err != nil {
		return err
	}
	return endUpload(c, loc, b.digest, b.head, b.tail)
}

func putBytes(c *conn, repo string, b []byte) (string, error) {
	d := digestOf(b)
	loc, err := beginUpload(c, repo)
	if err != nil {
		return d, err
	}
	return d, endUpload(c, loc, d, b)
}

func putManifest(c *conn, repo, ref, ctype string, m []byte, digest string) error {
	r, err := c.do("PUT", "/v2/"+repo+"/manifests/"+ref, "Content-Type: "+ctype+"\r\n", discard, m)
	if err := want(r, err, 201); err != nil {
		return fmt.Errorf("PUT manifest: %w", err)
	}
	if r.digest != "" && r.digest != digest {
		return fmt.Errorf("PUT manifest: Docker-Content-Digest %s, wanted %s", r.digest, digest)
	}
	return nil
}

// getBlob reads a blob and checks status, length and, in mode sum, the content.
func getBlob(c *conn, repo, digest string, size int, mode bodyMode) error {
	r, err := c.do("GET", "/v2/"+repo+"/blobs/"+digest, "", mode)
	if err := want(r, err, 200); err != nil {
		return fmt.Errorf("GET blob: %w", err)
	}
	if r.length != int64(size) {
		return fmt.Errorf("GET blob: %d bytes, wanted %d", r.length, size)
	}
	if mode == sum && r.sha != digest {
		return fmt.Errorf("GET blob: content hashes to %s, wanted %s", r.sha, digest)
	}
	return nil
}

// smallImage pushes a config and five 1 KiB layers and returns their manifest.
func smallImage(t *target, c *conn, repo string) ([]byte, string, error) {
	var m manifest
	cfg := []byte(`{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}`)
	d, err := putBytes(c, repo, cfg)
	if err != nil {
		return nil, "", err
	}
	m.Config = desc{typeConfig, d, len(cfg)}
	for i := 0; i < 5; i++ {
		b := t.src.unique(kib)
		if err := putBlob(c, repo, b); err != nil {
			return nil, "", err
		}
		m.Layers = append(m.Layers, desc{typeLayer, b.digest, b.size})
	}
	raw, dig := m.encode()
	return raw, dig, nil
}

// tinyManifest pushes the two-byte empty blob and returns a manifest that names only it.
func tinyManifest(c *conn, repo string, subject *desc, note string) ([]byte, string, error) {
	d, err := putBytes(c, repo, emptyJSON)
	if err != nil {
		return nil, "", err
	}
	raw, dig := tinyRaw(d, subject, note)
	return raw, dig, nil
}
