"""What is offered over HTTP: the SPARQL endpoint and its description."""
