# Gives a fresh Request Tracker the custom fields a push writes to, and prints a token for the root user.
use strict;
use warnings;
use lib '/usr/share/request-tracker5/lib';
use RT;

RT->LoadConfig;
RT->Init;
my $system = RT->SystemUser;

my @fields = (
    [ 'Push ref',   'RT::Queue-RT::Ticket',                 'RT::Queue' ],
    [ 'Phone',      'RT::Queue-RT::Ticket',                 'RT::Queue' ],
    [ 'Chunk ref',  'RT::Queue-RT::Ticket-RT::Transaction', 'RT::Queue' ],
    [ 'Phone E164', 'RT::User',                             'RT::User' ],
);

for my $field (@fields) {
    my ( $name, $lookup_type, $class ) = @$field;
    my $custom_field = RT::CustomField->new($system);
    my ( $ok, $message ) = $custom_field->Create(
        Name       => $name,
        Type       => 'FreeformSingle',
        LookupType => $lookup_type,
        MaxValues  => 1,
    );
    die "custom field $name: $message" unless $ok;
    # An object without an id stands for "all of this class".
    ( $ok, $message ) = $custom_field->AddToObject( $class->new($system) );
    die "apply $name: $message" unless $ok;
}

my $root = RT::User->new($system);
$root->Load('root');
my ( $ok, $message, $token ) = RT::AuthToken->new($system)->Create( Owner => $root->id, Description => 'Palomar lab' );
die "token: $message" unless $ok;
print "$token\n";
