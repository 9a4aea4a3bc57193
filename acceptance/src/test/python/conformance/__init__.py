"""Every call of the checked-in OpenAPI files, asked through the door with requests made from their schemas."""
