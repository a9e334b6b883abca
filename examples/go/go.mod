module registrette.example/registrettetest

go 1.22
