"""What alembic runs for each command: our own connection, inside the unit of work of store.schema."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
