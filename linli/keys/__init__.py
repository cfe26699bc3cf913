"""Keys (密钥): what signs the logs and what marks protected rows. They never enter the database."""
